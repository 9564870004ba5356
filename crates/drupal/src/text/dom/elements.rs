//! What the parser and the serialiser know of elements, by name.

/// What is known of the elements of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::text) struct Kind(u8);

const KNOWN: u8 = 1;
const RAW: u8 = 2;
const ESCAPABLE: u8 = 4;
const VOID: u8 = 8;
const ENDS_PARAGRAPH: u8 = 16;
const BLOCK: u8 = 32;

impl Kind {
    /// What is known of the elements of that name.
    pub(super) fn of(name: &str) -> Self {
        Kind(match name {
            "a" | "abbr" | "audio" | "b" | "bdi" | "bdo" | "body" | "button" | "caption" | "cite"
            | "code" | "colgroup" | "datalist" | "del" | "dfn" | "dt" | "em" | "head" | "html" | "i"
            | "kbd" | "ins" | "label" | "legend" | "li" | "map" | "mark" | "meter" | "object"
            | "optgroup" | "option" | "progress" | "q" | "rp" | "rt" | "ruby" | "s" | "samp" | "select"
            | "small" | "span" | "strong" | "sub" | "sup" | "tbody" | "td" | "th" | "thead" | "time"
            | "tr" | "u" | "var" | "video" | "frameset" | "applet" | "marquee" => KNOWN,
            "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "article"
            | "aside" | "blockquote" | "fieldset" | "figcaption" | "figure" | "footer" | "form"
            | "header" | "hgroup" | "pre" | "section" => KNOWN | ENDS_PARAGRAPH | BLOCK,
            "address" | "canvas" | "dd" | "noscript" | "output" | "table" | "tfoot" => KNOWN | BLOCK,
            "details" | "dialog" | "menu" | "nav" | "summary" | "center" | "dir" | "listing"
            | "plaintext" => KNOWN | ENDS_PARAGRAPH,
            "area" | "base" | "br" | "col" | "command" | "embed" | "img" | "input" | "keygen" | "link"
            | "meta" | "param" | "source" | "track" | "wbr" | "basefont" | "bgsound" | "frame"
            | "isindex" => KNOWN | VOID,
            "hr" => KNOWN | VOID | BLOCK,
            "iframe" | "script" | "style" | "noframes" | "noembed" => KNOWN | RAW,
            "textarea" | "title" => KNOWN | ESCAPABLE,
            "xmp" => KNOWN | ESCAPABLE | ENDS_PARAGRAPH,
            _ => 0,
        })
    }

    /// Whether it is one of HTML's elements.
    pub(super) fn is_html(self) -> bool {
        self.0 & KNOWN != 0
    }

    /// Whether its content is text without entities.
    pub(super) fn is_raw(self) -> bool {
        self.0 & RAW != 0
    }

    /// Whether its content is text with entities.
    pub(super) fn is_escapable(self) -> bool {
        self.0 & ESCAPABLE != 0
    }

    /// Whether it has no content and no end tag.
    pub(super) fn is_void(self) -> bool {
        self.0 & VOID != 0
    }

    /// Whether its start tag ends a paragraph that is open.
    pub(super) fn ends_paragraph(self) -> bool {
        self.0 & ENDS_PARAGRAPH != 0
    }

    /// Whether it is a block, which cannot stand in a paragraph.
    pub(super) fn is_block(self) -> bool {
        self.0 & BLOCK != 0
    }
}

/// The elements that the start tag of a name closes if they are open, one after the other.
pub(super) fn closed_by(name: &str) -> &'static [&'static str] {
    match name {
        "tr" => &["td", "tr"],
        "td" | "th" => &["td", "th"],
        "tfoot" => &["td", "th", "tr", "tbody", "thead"],
        "tbody" => &["td", "th", "tr", "thead"],
        _ => &[],
    }
}

/// The elements that a new element of a name stands beside, not in; none if it has no such rule.
pub(super) fn beside(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "li" => &["li"],
        "dt" | "dd" => &["dt", "dd"],
        "rt" | "rp" => &["rt", "rp"],
        "optgroup" => &["optgroup"],
        "option" => &["option"],
        "tr" => &["tr"],
        "td" | "th" => &["th", "td"],
        "tbody" | "thead" | "tfoot" | "table" => &["thead", "tfoot", "tbody"],
        _ => return None,
    })
}
