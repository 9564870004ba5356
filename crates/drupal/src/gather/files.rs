//! Files that the texts of a document show: what formats have to know of them, found with one statement for all.

use std::collections::{BTreeSet, HashMap};

use docent_sql::statement::{Alias, Condition};
use percent_encoding::percent_decode_str;

use super::{Found, Gathering, Place};
use crate::access::Decision;
use crate::site::{FieldKind, Site};
use crate::statement::{Statement, column};
use crate::text::{Dimensions, File, Files, Reference};

/// How many files the texts of a document may show; of more nothing is known.
const FILES_MAX: usize = 500;

/// What is known of the files that texts show.
#[derive(Debug, Default)]
pub struct ShownFiles {
    /// By UUID in small letters; none for those that are gone.
    by_uuid: HashMap<String, Option<File>>,
    /// By the path below the site's root: whether it is an image.
    by_path: HashMap<String, bool>,
}

impl Files for ShownFiles {
    fn by_uuid(&self, uuid: &str) -> Reference {
        match self.by_uuid.get(&uuid.to_ascii_lowercase()) {
            Some(Some(file)) => Reference::File(file.clone()),
            Some(None) => Reference::Missing,
            None => Reference::Unknown,
        }
    }

    fn is_image(&self, path: &str) -> Option<bool> {
        self.by_path.get(path).copied()
    }
}

/// The files that are asked for.
#[derive(Default)]
struct Asked {
    uuids: BTreeSet<String>,
    uris: BTreeSet<String>,
}

impl Gathering<'_> {
    /// Finds the files that the texts of the document show.
    pub(super) async fn files_in_texts(&mut self) {
        let mut asked = Asked::default();
        for found in self.gathered.primary.iter().chain(&self.gathered.included) {
            self.ask_for_files(found, &mut asked);
        }
        let count = asked.uuids.len() + asked.uris.len();
        if count == 0 || count > FILES_MAX {
            return;
        }
        let site = self.site();
        let tables = site.entity_type("file").and_then(|file| site[file].tables.as_ref());
        let Some(base) = tables.map(|tables| tables.base.as_str()) else { return };
        let mut statement = Statement::from(base);
        for name in ["uuid", "uri", "filemime"] {
            statement.output(column(Alias(0), name));
        }
        let mut any = Vec::new();
        for (name, texts) in [("uuid", &asked.uuids), ("uri", &asked.uris)] {
            if !texts.is_empty() {
                any.push(statement.among_texts(&column(Alias(0), name), texts.iter().cloned().collect()));
            }
        }
        statement.only(Condition::Any(any));
        let (select, parameters) = statement.finish();
        let rows = self.conversation.ask_one(&select, parameters).await;
        let mut files = ShownFiles::default();
        files.by_uuid.extend(asked.uuids.into_iter().map(|uuid| (uuid, None)));
        for row in 0..rows.len() {
            let text = |place| rows.text(row, place).unwrap_or_default();
            files.add(self.site(), text(0), text(1), text(2));
        }
        self.gathered.files = files;
    }

    /// Adds the files that the texts of a resource show.
    fn ask_for_files(&self, found: &Found, asked: &mut Asked) {
        let (Place::Content { batch, entity }, Decision::Allowed) = (&found.place, &found.decision) else {
            return;
        };
        let site = self.site();
        let (batch, entity) = self.entity(*batch, *entity);
        for index in &found.fields {
            let field = &site[entity.resource_type][*index];
            if !matches!(field.kind, FieldKind::FormattedText { .. }) {
                continue;
            }
            for item in batch.items(entity, *index) {
                let value = crate::document::text_of(item.property("value")).unwrap_or_default();
                let format =
                    crate::document::text_of(item.property("format")).filter(|format| !format.is_empty());
                let format = site.formats.get(format.unwrap_or(site.fallback_format()));
                let Some(format) = format else { continue };
                asked.uuids.extend(format.files_in(value).into_iter().map(str::to_ascii_lowercase));
                let paths = format.images_in(value, &self.plan.scope.origin);
                asked.uris.extend(paths.iter().filter_map(|path| uri(site, path)));
            }
        }
    }
}

impl ShownFiles {
    fn add(&mut self, site: &Site, uuid: &str, uri: &str, media_type: &str) {
        // What PHP can take the size of.
        let is_image = media_type.starts_with("image/") && !media_type.starts_with("image/svg");
        let dimensions = if is_image { Dimensions::Unknown } else { Dimensions::None };
        let url = site.file_url(uri);
        let path = url.strip_prefix('/').filter(|_| uri.starts_with("public://"));
        if let Some(path) = path {
            self.by_path.insert(percent_decode_str(path).decode_utf8_lossy().into_owned(), is_image);
        }
        self.by_uuid.insert(uuid.to_ascii_lowercase(), Some(File { url, dimensions }));
    }
}

/// The address of the public file at a path below the site's root.
fn uri(site: &Site, path: &str) -> Option<String> {
    let folder = site.public_files.strip_prefix('/')?;
    Some(format!("public://{}", path.strip_prefix(folder)?))
}
