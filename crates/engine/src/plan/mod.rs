//! From a request's shape to a plan: one statement per layer, and how its rows are written.
//!
//! A layer is the primary data or one include path. A plan depends on the shape alone, holds no value of any request,
//! and is kept for the next request of the same shape.

mod cache;
mod columns;
mod holes;
mod layer;
mod meta;
mod object;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use docent_catalog::model::{Arity, Catalog, Link, TypeId};
use docent_sql::render::{Dialect, Statement};

pub(crate) use self::cache::Plans;
pub(crate) use self::holes::{Hole, Holes};
pub(crate) use self::meta::LinkageMeta;
pub(crate) use self::object::{Cut, Format, KeyCell, Object, Then, segment};
use crate::resolve::{Root, Shape};

/// A compiled read.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The layers: the root first, then one for each node of the include tree, in its order. Those that another does the
    /// work of are in no wave.
    pub(crate) layers: Vec<Layer>,
    /// Layers that can be read together, after those of the waves before.
    pub(crate) waves: Vec<Vec<usize>>,
    /// Finds out whether the resource a related list starts from exists.
    pub(crate) probe: Option<Probe>,
    /// Counts the primary data.
    pub(crate) count: Option<Arc<Statement>>,
    /// Reads the `meta` of primary identifiers.
    pub(crate) identifiers_meta: Option<LinkageMeta>,
    /// What `data` is made of.
    pub(crate) data: Data,
    pub(crate) holes: Holes,
    /// Whether resources are kept apart, to be found again and to have their holes filled.
    pub(crate) keeps_resources: bool,
    /// Sizes of what the last read gathered, to begin with buffers of that size.
    sizes: [AtomicUsize; SIZES],
    /// How many keys the last read gave to each layer, for the same.
    given: Vec<AtomicUsize>,
    /// Whether reads go straight to a reader thread, after one turned out not to be cheap.
    pub(crate) heavy: Lately,
    /// Whether reads make no attempts, after one failed.
    pub(crate) careful: Lately,
}

/// Whether something has happened to one of the last reads of a plan.
#[derive(Debug, Default)]
pub(crate) struct Lately(AtomicU8);

impl Lately {
    /// Reads for which it counts.
    const READS: u8 = 32;

    /// It happened.
    pub(crate) fn happened(&self) {
        self.0.store(Self::READS, Ordering::Relaxed);
    }

    /// Whether it happened; each read asks once.
    pub(crate) fn counts(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// What `data` is made of.
#[derive(Debug, PartialEq)]
pub(crate) enum Data {
    /// Resource objects placed there by their layer.
    Resources,
    /// Identifiers of the resources of a layer.
    Identifiers {
        /// The layer.
        layer: usize,
        /// `{"type":"comments","id":`
        start: Vec<u8>,
    },
    /// The identifier in cells of the root's row.
    Linkage {
        /// Cells of the target's key.
        cells: Vec<KeyCell>,
        /// `{"type":"people","id":`
        start: Vec<u8>,
    },
}

/// Finds out whether a resource exists, and its exact id.
#[derive(Debug)]
pub(crate) struct Probe {
    pub(crate) statement: Arc<Statement>,
    /// Cells of the key.
    pub(crate) key: Vec<KeyCell>,
}

/// One statement of a plan and what becomes of its rows.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) type_id: TypeId,
    pub(crate) statement: Arc<Statement>,
    /// What is tried before the statement.
    pub(crate) attempt: Option<Attempt>,
    pub(crate) fetch: Fetch,
    /// Parts of each key the layer looks for; 0 at the root.
    pub(crate) key_parts: usize,
    /// Cells of the key.
    pub(crate) key: Vec<KeyCell>,
    /// How its resource objects are written; none for layers that are only linkage, or only a way to others.
    pub(crate) object: Option<Object>,
    pub(crate) place: Place,
    pub(crate) feeds: Vec<Feed>,
    /// Cells of the sort values, for cursors.
    pub(crate) sort: Vec<usize>,
    /// Cells whose values stand in the `meta` of each identifier, with their names.
    pub(crate) linkage_meta: Vec<(Vec<u8>, usize, Format)>,
}

/// A statement that reads the children of all parents without a bound for each: most parents have few, and it costs
/// less.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) statement: Arc<Statement>,
    /// The cell that tells the row's parent.
    pub(crate) parent: usize,
    /// Whether rows can come in another order than that of their parents and keys. Then the attempt has failed.
    pub(crate) may_stray: bool,
    /// Whether rows tell the key of their parent, and not which of the keys it is.
    pub(crate) by_value: bool,
}

/// Rows that an attempt reads at most. With as many it has failed: there may be more.
pub(crate) const ATTEMPT_ROWS_MAX: u64 = 1_000;

/// How a layer finds its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fetch {
    /// By the conditions of the request.
    Root,
    /// By keys that earlier layers hold.
    ByKey,
    /// By the keys of its parents, of which each row tells its own.
    Children {
        /// The cell that tells it by the number of the key.
        parent: usize,
        /// The parent's hole that the rows fill, if it is shown.
        hole: Option<usize>,
        /// Whether a parent shows a bounded number of rows.
        bounded: bool,
    },
}

/// Where resource objects of a layer go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Into `data`.
    Data,
    /// Into `included`.
    Included,
    /// Nowhere.
    Nowhere,
}

/// What a layer's rows give to a later layer.
#[derive(Debug)]
pub(crate) struct Feed {
    /// The later layer.
    pub(crate) layer: usize,
    /// The cells that make up the key it looks for.
    pub(crate) cells: Vec<KeyCell>,
}

/// How many sizes a plan remembers.
pub(crate) const SIZES: usize = 5;

impl Plan {
    /// Compiles a shape.
    pub(crate) fn new(catalog: &Catalog, shape: &Shape, dialect: Dialect, link_objects: bool) -> Self {
        let holes = Holes::of(catalog, &shape.includes, &shape.fieldsets, &shape.base_url);
        let builder = layer::Builder { catalog, shape, dialect, link_objects, holes: &holes };
        let mut layers = vec![builder.root()];
        layers.extend((0..shape.includes.nodes.len()).map(|node| builder.node(node)));
        let mut waves = waves(shape);
        join_layers(&mut layers, &mut waves);
        let probe = builder.probe();
        let count = shape.counts.then(|| Arc::new(builder.count()));
        let identifiers_meta = builder.identifiers_meta();
        let data = data(catalog, shape, &layers, &builder);
        let keeps_resources =
            shape.keeps_resources || layers.len() > 1 || shape.reversed || data != Data::Resources;
        Plan {
            given: layers.iter().map(|_| AtomicUsize::new(0)).collect(),
            waves,
            layers,
            probe,
            count,
            identifiers_meta,
            data,
            keeps_resources,
            holes,
            sizes: Default::default(),
            heavy: Lately::default(),
            careful: Lately::default(),
        }
    }

    /// Sizes to expect.
    pub(crate) fn sizes(&self) -> [usize; SIZES] {
        self.sizes.each_ref().map(|size| size.load(Ordering::Relaxed))
    }

    /// Remembers these sizes, with some room to spare.
    pub(crate) fn remember_sizes(&self, sizes: [usize; SIZES]) {
        for (known, size) in self.sizes.iter().zip(sizes) {
            known.store(size + size / 16 + 64, Ordering::Relaxed);
        }
    }

    /// How many keys to expect for a layer.
    pub(crate) fn given(&self, layer: usize) -> usize {
        self.given[layer].load(Ordering::Relaxed)
    }

    /// Remembers how many keys a layer was given, with some room to spare.
    pub(crate) fn remember_given(&self, layer: usize, keys: usize) {
        self.given[layer].store(keys + keys / 16 + 8, Ordering::Relaxed);
    }
}

/// Layers by their distance from the root.
fn waves(shape: &Shape) -> Vec<Vec<usize>> {
    let mut waves = vec![vec![0]];
    let mut depths: Vec<usize> = Vec::new();
    for (index, node) in shape.includes.nodes.iter().enumerate() {
        let depth = node.parent.map_or(1, |parent| depths[parent] + 1);
        depths.push(depth);
        if waves.len() <= depth {
            waves.push(Vec::new());
        }
        waves[depth].push(index + 1);
    }
    waves
}

/// Where several layers look for resources of one type by key, and lead nowhere from there, the last of them looks for
/// all, in one statement.
fn join_layers(layers: &mut [Layer], waves: &mut [Vec<usize>]) {
    let order = waves.concat();
    for (place, &index) in order.iter().enumerate() {
        let same = order[place + 1..].iter().rev().copied().find(|&last| {
            let [layer, last] = [&layers[index], &layers[last]];
            let ends = |layer: &Layer| {
                layer.fetch == Fetch::ByKey && layer.place == Place::Included && layer.feeds.is_empty()
            };
            ends(layer)
                && ends(last)
                && layer.type_id == last.type_id
                && layer.statement.sql == last.statement.sql
        });
        let Some(same) = same else { continue };
        for wave in waves.iter_mut() {
            wave.retain(|&other| other != index);
        }
        for feed in layers.iter_mut().flat_map(|layer| &mut layer.feeds) {
            if feed.layer == index {
                feed.layer = same;
            }
        }
    }
}

fn data(catalog: &Catalog, shape: &Shape, layers: &[Layer], builder: &layer::Builder<'_>) -> Data {
    let Root::Linkage(owner, index) = shape.root else { return Data::Resources };
    let relationship = &catalog.get(owner).relationships[index];
    let start = identifier_start(catalog, relationship.target);
    if relationship.arity == Arity::ToMany {
        return Data::Identifiers { layer: 0, start };
    }
    match &relationship.link {
        Link::ForeignKey { .. } => Data::Linkage { cells: builder.root_linkage(), start },
        _ => Data::Identifiers { layer: layers.len().min(2) - 1, start },
    }
}

fn identifier_start(catalog: &Catalog, id: TypeId) -> Vec<u8> {
    let mut start = b"{\"type\":".to_vec();
    docent_jsonapi::json::string(&mut start, &catalog.get(id).name);
    start.extend_from_slice(b",\"id\":");
    start
}

impl fmt::Display for Plan {
    /// One line a statement, in the order they run, the one behind an attempt after it: for tests and logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let probe = self.probe.as_ref().map(|probe| &probe.statement);
        for statement in [probe, self.count.as_ref()].into_iter().flatten() {
            writeln!(f, "{}", statement.sql)?;
        }
        for layer in self.waves.iter().flatten() {
            let layer = &self.layers[*layer];
            let attempt = layer.attempt.as_ref().map(|attempt| &attempt.statement);
            for statement in attempt.into_iter().chain([&layer.statement]) {
                writeln!(f, "{}", statement.sql)?;
            }
        }
        if let Some(meta) = &self.identifiers_meta {
            writeln!(f, "{}", meta.statement.sql)?;
        }
        Ok(())
    }
}
