//! The socket of one connection, watched over.
//!
//! hyper reads and writes through [`WatchedStream`], which ends the connection when the client takes too long: to send a
//! request head, to send any request at all, or to take the bytes of a response. It also keeps the connection open for
//! a moment after an answer to a request that was not read to its end: closing at once would make the client's system
//! throw that answer away.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::malformed::Malformed;
use crate::settings::Limits;

/// How long and how much is read from a client whose request was not read to its end.
const LINGER_TIME_MAX: Duration = Duration::from_secs(2);
const LINGER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Where a connection is between two requests. The stream and the exchange of a connection share it.
pub(crate) struct Watch {
    stage: Cell<Stage>,
    /// When reading is over, in the stages that have an end.
    read_until: Cell<Instant>,
    lingers: Cell<bool>,
    /// Whether bytes of a response wait for the client to take them.
    is_sending: Cell<bool>,
    /// Set on the worker when it only finishes what is open.
    draining: Rc<Cell<bool>>,
    head_time_max: Duration,
    idle_time_max: Duration,
    send_stall_max: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing of the next request has arrived.
    Idle,
    /// Some of its head has arrived.
    Head,
    /// A request is being answered; it has its own deadline.
    Exchange,
}

impl Watch {
    pub(crate) fn new(limits: &Limits, draining: Rc<Cell<bool>>) -> Self {
        Self {
            // A client that connects is expected to have something to say.
            stage: Cell::new(Stage::Idle),
            read_until: Cell::new(Instant::now() + limits.head_time_max),
            lingers: Cell::new(false),
            is_sending: Cell::new(false),
            draining,
            head_time_max: limits.head_time_max,
            idle_time_max: limits.idle_time_max,
            send_stall_max: limits.send_stall_max,
        }
    }

    pub(crate) fn request_started(&self) {
        self.stage.set(Stage::Exchange);
    }

    pub(crate) fn request_finished(&self, now: Instant) {
        self.stage.set(Stage::Idle);
        self.read_until.set(now + self.idle_time_max);
    }

    /// Makes the end of the connection wait for what the client is still sending.
    pub(crate) fn linger(&self) {
        self.lingers.set(true);
    }

    /// Whether bytes of a response wait for the client to take them. hyper counts such a connection as idle, and would
    /// forget those bytes if it were told to close.
    pub(crate) fn is_sending(&self) -> bool {
        self.is_sending.get()
    }

    /// A client that was busy with a response is not idle before it has taken it.
    fn bytes_taken(&self) {
        if self.stage.get() == Stage::Idle {
            self.read_until.set(Instant::now() + self.idle_time_max);
        }
    }

    fn bytes_arrived(&self) {
        if self.stage.get() == Stage::Idle {
            self.stage.set(Stage::Head);
            self.read_until.set(Instant::now() + self.head_time_max);
        }
    }
}

/// A socket, ended when its client takes too long.
pub(crate) struct WatchedStream<S> {
    socket: S,
    watch: Rc<Watch>,
    read_alarm: Alarm,
    send_alarm: Alarm,
    /// When a response must make progress, while it makes none.
    send_until: Option<Instant>,
    malformed: Malformed,
    lingered_bytes: usize,
    linger_until: Option<Instant>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> WatchedStream<S> {
    pub(crate) fn new(socket: S, watch: Rc<Watch>, malformed: Malformed) -> Self {
        Self {
            socket,
            watch,
            read_alarm: Alarm::default(),
            send_alarm: Alarm::default(),
            send_until: None,
            malformed,
            lingered_bytes: 0,
            linger_until: None,
        }
    }

    /// Passes on the outcome of a write, unless writing has made no progress for too long.
    fn progress(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let was_sending = self.watch.is_sending.replace(written.is_pending());
        if written.is_ready() {
            if was_sending {
                self.watch.bytes_taken();
            }
            self.send_until = None;
            return written;
        }
        let until = *self.send_until.get_or_insert_with(|| Instant::now() + self.watch.send_stall_max);
        ready!(self.send_alarm.poll_at(until, context));
        Poll::Ready(Err(timed_out("the client takes no bytes")))
    }

    /// Writes the document that replaces hyper's own answer to a malformed request, if `bytes` begin that answer.
    fn replaced(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Option<Poll<io::Result<usize>>> {
        if !self.malformed.takes_over(bytes) {
            return None;
        }
        self.watch.linger();
        while let Some(rest) = self.malformed.rest() {
            let written = Pin::new(&mut self.socket).poll_write(context, rest);
            match self.progress(context, written) {
                Poll::Ready(Ok(count)) => self.malformed.advance(count),
                other => return Some(other),
            }
        }
        Some(Poll::Ready(Ok(bytes.len())))
    }

    /// Reads what the client still sends, to its end or to the limits of our patience.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let until = *self.linger_until.get_or_insert_with(|| Instant::now() + LINGER_TIME_MAX);
        let mut unread = [0; 4096];
        while self.lingered_bytes < LINGER_BYTES_MAX {
            let mut buffer = ReadBuf::new(&mut unread);
            match Pin::new(&mut self.socket).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    self.lingered_bytes += buffer.filled().len();
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return self.read_alarm.poll_at(until, context),
            }
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for WatchedStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.socket).poll_read(context, buffer) {
            if buffer.filled().len() > before {
                this.watch.bytes_arrived();
            }
            return Poll::Ready(read);
        }
        match this.watch.stage.get() {
            Stage::Exchange => Poll::Pending,
            // The time to take a response is limited where it is written.
            Stage::Idle if this.watch.is_sending() => Poll::Pending,
            // Nothing is open here: what hyper takes for the client's end lets it close in good order.
            Stage::Idle if this.watch.draining.get() => Poll::Ready(Ok(())),
            Stage::Idle | Stage::Head => {
                ready!(this.read_alarm.poll_at(this.watch.read_until.get(), context));
                Poll::Ready(Err(timed_out("the client sends no request")))
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WatchedStream<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(written) = this.replaced(context, bytes) {
            return written;
        }
        let written = Pin::new(&mut this.socket).poll_write(context, bytes);
        this.progress(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let first = slices.first().map_or(&[][..], |slice| slice);
        if let Some(written) = this.replaced(context, first) {
            return written;
        }
        let written = Pin::new(&mut this.socket).poll_write_vectored(context, slices);
        this.progress(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger_until.is_none() {
            ready!(Pin::new(&mut this.socket).poll_shutdown(context))?;
        }
        if this.watch.lingers.get() {
            ready!(this.poll_linger(context));
        }
        Poll::Ready(Ok(()))
    }
}

fn timed_out(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

/// A timer that is set anew only when it rings early: moving the moment it waits for costs nothing.
#[derive(Default)]
struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    fn poll_at(&mut self, moment: Instant, context: &mut Context<'_>) -> Poll<()> {
        let moment = moment.into();
        let sleep = self.0.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(moment)));
        if moment < sleep.deadline() {
            sleep.as_mut().reset(moment);
        }
        loop {
            ready!(sleep.as_mut().poll(context));
            if moment <= sleep.deadline() {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(moment);
        }
    }
}
