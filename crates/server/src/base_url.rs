//! The URL under which the client knows the API: what links begin with.
//!
//! A configured public URL counts before everything. Else it is `http` and the `Host` header; behind a trusted proxy
//! what `Forwarded` or `X-Forwarded-*` say. Of several values the last counts: it is the one that the trusted
//! proxy itself wrote, while those before it may come from anyone.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use hyper::header::{FORWARDED, HOST, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Uri, Version};

use crate::error::EdgeError;
use crate::settings::Settings;

/// What all links of a server share, worked out once per change of settings.
pub(crate) struct BaseUrls {
    /// Grows with each change of settings.
    generation: u64,
    /// From the public URL, if there is one.
    public: Option<Rc<str>>,
    /// From the address listened on, for HTTP/1.0 without `Host`.
    listen: Rc<str>,
}

impl BaseUrls {
    pub(crate) fn new(settings: &Settings, address: SocketAddr, generation: u64) -> Self {
        let base_path = &settings.base_path;
        Self {
            generation,
            public: settings.public_url.as_ref().map(|url| format!("{url}{base_path}").into()),
            listen: format!("http://{address}{base_path}").into(),
        }
    }
}

/// The last `Host` of a connection and the URL made from it: clients send the same one every time.
#[derive(Default)]
pub(crate) struct LastHost(RefCell<Option<Known>>);

struct Known {
    generation: u64,
    host: HeaderValue,
    url: Rc<str>,
}

impl LastHost {
    fn get(&self, host: &HeaderValue, generation: u64) -> Option<Rc<str>> {
        let last = self.0.borrow();
        let known = last.as_ref().filter(|known| known.generation == generation && known.host == host);
        known.map(|known| Rc::clone(&known.url))
    }
}

/// The base URL for a request from `peer`.
pub(crate) fn base_url(
    head: &Parts,
    peer: IpAddr,
    settings: &Settings,
    known: &BaseUrls,
    last: &LastHost,
) -> Result<Rc<str>, EdgeError> {
    if let Some(url) = &known.public {
        return Ok(Rc::clone(url));
    }
    if settings.trusted_proxies.iter().any(|network| network.contains(peer)) {
        let forwarded = Forwarded::of(&head.headers);
        if forwarded.says_something() {
            return forwarded.base_url(head, settings);
        }
    }
    let mut hosts = head.headers.get_all(HOST).iter();
    let (host, more) = (hosts.next(), hosts.next());
    if more.is_some() {
        return Err(EdgeError::BadHost);
    }
    // An absolute request target brings an authority of its own, whatever `Host` says.
    let host_alone = host.filter(|_| head.uri.authority().is_none());
    if let Some(url) = host_alone.and_then(|host| last.get(host, known.generation)) {
        return Ok(url);
    }
    let Some(authority) = authority(&head.uri, host, head.version)? else {
        return Ok(Rc::clone(&known.listen));
    };
    let url: Rc<str> = format!("http://{authority}{}", settings.base_path).into();
    if let Some(host) = host_alone {
        let generation = known.generation;
        last.0.replace(Some(Known { generation, host: host.clone(), url: Rc::clone(&url) }));
    }
    Ok(url)
}

/// The authority asked for: that of an absolute request target before `Host`, which HTTP/1.0 may leave out.
fn authority<'a>(
    uri: &'a Uri,
    host: Option<&'a HeaderValue>,
    version: Version,
) -> Result<Option<&'a str>, EdgeError> {
    let text = match (uri.authority(), host) {
        (Some(authority), _) => authority.as_str(),
        (None, Some(host)) => host.to_str().map_err(|_| EdgeError::BadHost)?,
        (None, None) if version < Version::HTTP_11 => return Ok(None),
        (None, None) => return Err(EdgeError::MissingHost),
    };
    if is_authority(text) { Ok(Some(text)) } else { Err(EdgeError::BadHost) }
}

/// Whether a text is a host name or address with at most a port, and nothing that could change a link's meaning.
pub(crate) fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, rest)) if address.parse::<std::net::Ipv6Addr>().is_ok() => {
                match rest.strip_prefix(':') {
                    Some(port) => (address, Some(port)),
                    None if rest.is_empty() => (address, None),
                    None => return false,
                }
            }
            _ => return false,
        },
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte);
    let host_is_good = !host.is_empty() && host.bytes().all(plain);
    host_is_good && port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.len() <= 5)
}

/// What a trusted proxy says about the request it received.
#[derive(Debug, Default, PartialEq, Eq)]
struct Forwarded<'a> {
    host: Option<&'a str>,
    proto: Option<&'a str>,
    prefix: Option<&'a str>,
}

impl<'a> Forwarded<'a> {
    fn of(headers: &'a HeaderMap) -> Self {
        let mut found = Self {
            host: last_element(headers, "x-forwarded-host"),
            proto: last_element(headers, "x-forwarded-proto"),
            prefix: last_element(headers, "x-forwarded-prefix"),
        };
        for pair in last_element(headers, FORWARDED.as_str()).unwrap_or_default().split(';') {
            let Some((name, value)) = pair.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "host" => found.host = Some(value),
                "proto" => found.proto = Some(value),
                _ => {}
            }
        }
        found
    }

    fn says_something(&self) -> bool {
        *self != Self::default()
    }

    fn base_url(&self, head: &Parts, settings: &Settings) -> Result<Rc<str>, EdgeError> {
        let authority = match self.host {
            Some(host) if is_authority(host) => host,
            Some(_) => return Err(EdgeError::BadHost),
            None => {
                authority(&head.uri, head.headers.get(HOST), head.version)?.ok_or(EdgeError::MissingHost)?
            }
        };
        let proto = if self.proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")) {
            "https"
        } else {
            "http"
        };
        let prefix = self.prefix.and_then(|prefix| Settings::base_path(prefix).ok()).unwrap_or_default();
        Ok(format!("{proto}://{authority}{prefix}{}", settings.base_path).into())
    }
}

/// The last element of a header that is a list.
fn last_element<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let element = line.rsplit(',').next()?.trim();
    (!element.is_empty()).then_some(element)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            base_path: "/api".to_owned(),
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..Settings::default()
        }
    }

    fn asked(
        settings: &Settings,
        peer: &str,
        target: &str,
        headers: &[(&str, &str)],
    ) -> Result<String, EdgeError> {
        let mut request = hyper::Request::builder().uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        let known = BaseUrls::new(settings, "127.0.0.1:80".parse().unwrap(), 0);
        let last = LastHost::default();
        base_url(&head, peer.parse().unwrap(), settings, &known, &last).map(|url| url.to_string())
    }

    #[track_caller]
    fn check(peer: &str, headers: &[(&str, &str)], expected: &str) {
        assert_eq!(asked(&settings(), peer, "/api", headers).as_deref(), Ok(expected));
    }

    #[test]
    fn links_follow_the_host_header() {
        check("127.0.0.1", &[("host", "example.com:8080")], "http://example.com:8080/api");
        check("127.0.0.1", &[("host", "[::1]:8080")], "http://[::1]:8080/api");
        let absolute = asked(&settings(), "127.0.0.1", "http://other.test/api", &[("host", "example.com")]);
        assert_eq!(absolute.as_deref(), Ok("http://other.test/api"));
    }

    #[test]
    fn hosts_that_could_forge_links_are_refused() {
        for host in ["", "a/b", "a b", "user@a", "a:b", "a:123456", "[::1", "[x]", "a:1:2", "a\"", "[::1]x"] {
            assert_eq!(
                asked(&settings(), "127.0.0.1", "/api", &[("host", host)]),
                Err(EdgeError::BadHost),
                "{host}"
            );
        }
        let twice = asked(&settings(), "127.0.0.1", "/api", &[("host", "a"), ("host", "a")]);
        assert_eq!(twice, Err(EdgeError::BadHost));
        assert_eq!(asked(&settings(), "127.0.0.1", "/api", &[]), Err(EdgeError::MissingHost));
    }

    #[test]
    fn the_public_url_counts_before_everything() {
        let settings = Settings { public_url: Some("https://example.com/shop".to_owned()), ..settings() };
        let headers = [("host", "a"), ("x-forwarded-host", "b")];
        assert_eq!(
            asked(&settings, "10.0.0.1", "/api", &headers).as_deref(),
            Ok("https://example.com/shop/api")
        );
    }

    #[test]
    fn trusted_proxies_are_believed() {
        let headers = [
            ("host", "inner"),
            ("x-forwarded-host", "forged.test, example.com"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-prefix", "/shop/"),
        ];
        check("10.1.2.3", &headers, "https://example.com/shop/api");
        check("127.0.0.1", &headers, "http://inner/api");
        let forwarded = (
            "forwarded",
            "for=192.0.2.1;host=forged.test, for=192.0.2.2;Host=\"example.com:444\";proto=https",
        );
        check("10.1.2.3", &[("host", "inner"), forwarded], "https://example.com:444/api");
        check("10.1.2.3", &[("host", "inner"), ("x-forwarded-proto", "https")], "https://inner/api");
        check("10.1.2.3", &[("host", "inner")], "http://inner/api");
    }
}
