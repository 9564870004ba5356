//! The address of whoever sends a request: that of the peer, or what trusted proxies say it is.

use std::net::{IpAddr, SocketAddr};

use hyper::header::{FORWARDED, HeaderMap};

use crate::network::Network;

/// The address of the client behind `peer`.
///
/// Every proxy adds the address it was asked from to the end of the list. So what the last trusted one has written is
/// true, and what stands before that may come from anyone: the list is read from its end, to the first that is no
/// proxy of ours.
pub(crate) fn client_address(headers: &HeaderMap, peer: IpAddr, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer;
    if !is_trusted(peer) {
        return client;
    }
    for said in said(headers).into_iter().rev() {
        let Some(address) = said else { break };
        client = address;
        if !is_trusted(address) {
            break;
        }
    }
    client
}

/// The addresses in `Forwarded`, else in `X-Forwarded-For`; nothing in place of what is no address.
fn said(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let elements = |name: &str| -> Vec<String> {
        let lines = headers.get_all(name).iter();
        lines
            .flat_map(|line| line.to_str().unwrap_or("?").split(',').map(|it| it.trim().to_owned()))
            .collect()
    };
    let forwarded = elements(FORWARDED.as_str());
    if forwarded.is_empty() {
        return elements("x-forwarded-for").iter().map(|text| address(text)).collect();
    }
    let of = |element: &String| {
        let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
        address(value.trim().trim_matches('"'))
    };
    forwarded.iter().map(of).collect()
}

/// An address as it is written in these headers: with a port, perhaps, and IPv6 in brackets, mostly.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip()))?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, headers: &[(&'static str, &str)], expected: &str) {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let found = client_address(&map, peer.parse().unwrap(), &trusted);
        assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{headers:?}");
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        check("192.0.2.1", &[("x-forwarded-for", "198.51.100.7")], "192.0.2.1");
        check("10.0.0.1", &[("x-forwarded-for", "198.51.100.7")], "198.51.100.7");
        check("10.0.0.1", &[], "10.0.0.1");
        check("::1", &[("forwarded", "for=198.51.100.7;proto=https")], "198.51.100.7");
    }

    #[test]
    fn what_a_client_adds_in_front_counts_for_nothing() {
        check("10.0.0.1", &[("x-forwarded-for", "1.1.1.1, 198.51.100.7")], "198.51.100.7");
        check("10.0.0.1", &[("x-forwarded-for", "1.1.1.1, 198.51.100.7, 10.2.2.2")], "198.51.100.7");
        let lines = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "198.51.100.7")];
        check("10.0.0.1", &lines, "198.51.100.7");
        check("10.0.0.1", &[("x-forwarded-for", "1.1.1.1, unknown")], "10.0.0.1");
        check("10.0.0.1", &[("x-forwarded-for", "1.1.1.1, unknown, 10.2.2.2")], "10.2.2.2");
    }

    #[test]
    fn forms_of_addresses() {
        for (text, expected) in [
            ("for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("for=\"[2001:db8::7]\"", "2001:db8::7"),
            ("For=198.51.100.7:80", "198.51.100.7"),
            ("by=10.9.9.9;for=198.51.100.7", "198.51.100.7"),
            ("for=_hidden", "10.0.0.1"),
        ] {
            check("10.0.0.1", &[("forwarded", text)], expected);
        }
        check("10.0.0.1", &[("x-forwarded-for", "::ffff:198.51.100.7")], "198.51.100.7");
    }
}
