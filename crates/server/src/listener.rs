//! The listening socket.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections the kernel keeps ready for us to accept.
const BACKLOG: i32 = 1024;

/// A socket that listens, before anything is served from it.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: TcpListener,
    address: SocketAddr,
}

/// Why a server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is not one.
    #[error(
        "`{0}` is no address to listen on; write host and port, such as `127.0.0.1:8080` or `[::1]:8080`"
    )]
    Address(String),
    /// Another program has it.
    #[error("cannot listen on {0}: another program does already; stop it or choose another port")]
    InUse(SocketAddr),
    /// The system forbids it.
    #[error("cannot listen on {0}: the system does not allow it; choose a port above 1023")]
    Forbidden(SocketAddr),
    /// No network interface has that address.
    #[error("cannot listen on {0}: this machine has no such address")]
    NotHere(SocketAddr),
    /// Something else.
    #[error("cannot listen on {0}: {1}")]
    Other(SocketAddr, io::Error),
}

impl Listener {
    /// Listens on `host:port`. Port 0 lets the system choose one.
    pub fn bind(listen: &str) -> Result<Self, ListenError> {
        let addresses = listen.to_socket_addrs().map_err(|_| ListenError::Address(listen.to_owned()))?;
        let mut failed = ListenError::Address(listen.to_owned());
        for address in addresses {
            match open(address) {
                Ok(listener) => return Ok(listener),
                Err(error) => failed = explained(address, error),
            }
        }
        Err(failed)
    }

    /// The address it listens on, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn open(address: SocketAddr) -> io::Result<Listener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Else a restart would have to wait for the connections of the process before it to time out.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    let socket = TcpListener::from(socket);
    let address = socket.local_addr()?;
    Ok(Listener { socket, address })
}

fn explained(address: SocketAddr, error: io::Error) -> ListenError {
    match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(address),
        io::ErrorKind::PermissionDenied => ListenError::Forbidden(address),
        io::ErrorKind::AddrNotAvailable => ListenError::NotHere(address),
        _ => ListenError::Other(address, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_port_is_known() {
        let listener = Listener::bind("127.0.0.1:0").unwrap();
        assert_ne!(listener.address().port(), 0);
    }

    #[test]
    fn failures_say_what_to_do() {
        let first = Listener::bind("127.0.0.1:0").unwrap();
        let taken = Listener::bind(&first.address().to_string()).unwrap_err();
        assert!(taken.to_string().contains("another program does already"), "{taken}");
        let wrong = Listener::bind("8080").unwrap_err();
        assert!(wrong.to_string().contains("write host and port"), "{wrong}");
        let elsewhere = Listener::bind("192.0.2.1:0").unwrap_err();
        assert!(elsewhere.to_string().contains("no such address"), "{elsewhere}");
    }
}
