//! What filters have to know that is neither in the text nor in its format.

/// A site as filters see it.
pub struct Context<'a> {
    /// Scheme and host of the request, with a port if it has one: `https://example.com`.
    pub origin: &'a str,
    /// The path of the site's front page, with a slash at its end: `/`.
    pub base_path: &'a str,
    /// How the site's theme prints captions, if that is known.
    pub captions: Option<Captions>,
    /// What stands for an image that was removed, in the language of the interface.
    pub image_removed: &'a str,
    /// Why an image was removed, in the language of the interface.
    pub image_removed_reason: &'a str,
    /// The site's files.
    pub files: &'a dyn Files,
}

impl Context<'_> {
    /// What stands for an image that was removed, in English.
    pub const IMAGE_REMOVED: &'static str = "Image removed.";
    /// Why an image was removed, in English.
    pub const IMAGE_REMOVED_REASON: &'static str = "This image has been removed. For security reasons, only \
                                                    images from the local domain are allowed.";
}

/// How a theme prints captions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Captions {
    /// Figures have the classes of what they show.
    Plain,
    /// Figures have classes of their own too.
    Classed,
}

impl Captions {
    /// How one of Drupal's own themes prints captions. Other themes can have templates of their own.
    pub fn of_theme(theme: &str) -> Option<Self> {
        match theme {
            "olivero" | "stable9" | "stark" => Some(Captions::Plain),
            "bartik" | "claro" | "classy" | "seven" | "starterkit_theme" | "umami" => Some(Captions::Classed),
            _ => None,
        }
    }
}

/// The site's files.
pub trait Files {
    /// The file of a UUID.
    fn by_uuid(&self, uuid: &str) -> Reference;

    /// Whether a path below the site's root, decoded, is the path of a readable image. None if it is not known.
    fn is_image(&self, path: &str) -> Option<bool>;
}

/// What there is of a UUID.
#[derive(Debug, Clone)]
pub enum Reference {
    /// A file.
    File(File),
    /// No file.
    Missing,
    /// It is not known.
    Unknown,
}

/// A file that a text shows.
#[derive(Debug, Clone)]
pub struct File {
    /// Its URL, from the site's root on.
    pub url: String,
    /// Its width and height.
    pub dimensions: Dimensions,
}

/// How large an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimensions {
    /// In pixels.
    Known {
        /// From left to right.
        width: u32,
        /// From top to bottom.
        height: u32,
    },
    /// It is no image that has dimensions.
    None,
    /// They are not known.
    Unknown,
}

/// No file is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn by_uuid(&self, _uuid: &str) -> Reference {
        Reference::Unknown
    }

    fn is_image(&self, _path: &str) -> Option<bool> {
        None
    }
}
