//! Which part of the server a path belongs to.

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// The API: the path below the base path, empty for the entry point.
    Api(&'a str),
    /// Whether the process lives.
    Live,
    /// Whether requests can be answered.
    Ready,
    /// The server as a whole: `OPTIONS *`.
    Server,
    /// The root of the server, where nothing is: people who know only host and port arrive there.
    Root,
    /// Nothing.
    Outside,
}

impl<'a> Target<'a> {
    /// Reads a path as received. `base_path` has a leading slash and no trailing one, or is empty.
    ///
    /// One trailing slash means nothing. Two are an empty segment, which is a URL of its own that nothing is served at.
    pub(crate) fn of(path: &'a str, base_path: &str) -> Self {
        let trimmed = match path.strip_suffix('/') {
            Some(rest) if !rest.ends_with('/') => rest,
            _ => path,
        };
        match trimmed {
            "/health/live" => return Self::Live,
            "/health/ready" => return Self::Ready,
            "*" => return Self::Server,
            _ => {}
        }
        match trimmed.strip_prefix(base_path) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Self::Api(rest),
            _ if matches!(path, "" | "/") => Self::Root,
            _ => Self::Outside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_a_base() {
        for (path, target) in [
            ("/api", Target::Api("")),
            ("/api/", Target::Api("")),
            ("/api/articles/", Target::Api("/articles")),
            ("/api/articles//", Target::Api("/articles//")),
            ("/api//", Target::Api("//")),
            ("/api/a%2Fb", Target::Api("/a%2Fb")),
            ("/apis", Target::Outside),
            ("/", Target::Root),
            ("", Target::Root),
            ("//", Target::Outside),
            ("//api", Target::Outside),
            ("*", Target::Server),
            ("/health/live", Target::Live),
            ("/health/ready/", Target::Ready),
            ("/health", Target::Outside),
        ] {
            assert_eq!(Target::of(path, "/api"), target, "{path}");
        }
    }

    #[test]
    fn paths_at_the_root() {
        for (path, target) in [
            ("/", Target::Api("")),
            ("", Target::Api("")),
            ("/articles/1", Target::Api("/articles/1")),
            ("//", Target::Api("//")),
            ("/health/live", Target::Live),
        ] {
            assert_eq!(Target::of(path, ""), target, "{path}");
        }
    }
}
