//! The catalog as one caller sees it: as if what they may not see had been deleted from the database.
//!
//! What is left out here has no name and no place in any statement. Rows that are not seen are left out by the
//! restriction that goes with a type's table wherever it is read, and fields that only some rows show are columns of
//! their own, which hold NULL in the others. So nothing that works on a catalog has to know about access.

use std::sync::Arc;

use docent_sql::statement::{Alias, Condition, Mask, Restriction};

use crate::model::{
    Attribute, Catalog, Denied, Link, Relationship, ResourceType, Rows, StoredColumn, TypeId, ValueSource,
};

/// The name that a table has in the conditions of its own view.
pub const ROW: Alias = Alias(0);

/// What a caller sees of a type.
#[derive(Debug, Clone)]
pub struct TypeView {
    /// Which rows, on the table [`ROW`].
    pub condition: Condition,
    /// One for each attribute.
    pub attributes: Vec<FieldView>,
    /// One for each relationship.
    pub relationships: Vec<FieldView>,
    /// What the caller may not do with its resources at all.
    pub denied: Denied,
    /// Whether the database itself may hide further rows.
    pub hides_rows: bool,
}

impl TypeView {
    fn hides_any_row(&self) -> bool {
        self.hides_rows || !self.condition.is_always()
    }
}

/// What a caller sees of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldView {
    /// In which rows.
    pub seen: Seen,
    /// Whether they may not write it at all.
    pub read_only: bool,
}

/// In which of the rows that are seen a field is.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// In all.
    Everywhere,
    /// In none: the caller does not know of it.
    Nowhere,
    /// In those that satisfy a condition on the table [`ROW`].
    Where(Condition),
}

impl Catalog {
    /// The catalog with what is seen alone. `views` has one for each type, `None` where nothing of it is; their
    /// conditions are about the first `caller_values` parameters of every statement.
    #[must_use]
    pub fn seen_through(&self, views: &[Option<TypeView>], caller_values: u16) -> Catalog {
        let mut ids = Vec::with_capacity(views.len());
        let mut next = 0;
        for view in views {
            ids.push(view.is_some().then_some(TypeId(next)));
            next += u32::from(view.is_some());
        }
        let masks = views.iter().zip(&self.types).map(|(view, one)| Masks::of(view.as_ref(), one)).collect();
        let through = Through { catalog: self, views, ids, masks };
        let types = (0..self.types.len()).filter_map(|at| through.resource_type(at)).collect();
        let mut catalog = Catalog::new(types, Vec::new());
        catalog.caller_values = caller_values;
        catalog
    }
}

/// The columns under which the fields of a type are read that only some rows show.
#[derive(Default)]
struct Masks {
    columns: Vec<Mask>,
    attributes: Vec<Option<StoredColumn>>,
    relationships: Vec<Option<Vec<StoredColumn>>>,
}

impl Masks {
    fn of(view: Option<&TypeView>, one: &ResourceType) -> Self {
        let mut masks = Masks::default();
        let Some(view) = view else { return masks };
        for (attribute, field) in one.attributes.iter().zip(&view.attributes) {
            let ValueSource::Column(column) = &attribute.value;
            let masked = condition(field).map(|condition| masks.add(one, column, condition));
            masks.attributes.push(masked);
        }
        for (relationship, field) in one.relationships.iter().zip(&view.relationships) {
            let (Link::ForeignKey { near, .. } | Link::Inverse { near, .. } | Link::JoinTable { near, .. }) =
                &relationship.link;
            let masked = condition(field)
                .map(|condition| near.iter().map(|column| masks.add(one, column, condition)).collect());
            masks.relationships.push(masked);
        }
        masks
    }

    fn add(&mut self, one: &ResourceType, column: &StoredColumn, condition: &Condition) -> StoredColumn {
        let known = |name: &str| {
            let own = one.key.iter().chain(one.attributes.iter().map(|attribute| {
                let ValueSource::Column(column) = &attribute.value;
                column
            }));
            own.map(|column| column.name.as_str()).any(|own| own == name)
        };
        let mut name = format!("docent_seen_{}", self.columns.len() + 1);
        while known(&name) {
            name.push('_');
        }
        self.columns.push(Mask {
            name: name.clone(),
            column: column.name.clone(),
            collation: column.collation.clone(),
            condition: condition.clone(),
        });
        StoredColumn { seen_as: Some(name), nullable: true, ..column.clone() }
    }
}

fn condition(field: &FieldView) -> Option<&Condition> {
    if let Seen::Where(condition) = &field.seen { Some(condition) } else { None }
}

struct Through<'a> {
    catalog: &'a Catalog,
    views: &'a [Option<TypeView>],
    /// The new position of each type.
    ids: Vec<Option<TypeId>>,
    masks: Vec<Masks>,
}

impl Through<'_> {
    fn resource_type(&self, at: usize) -> Option<ResourceType> {
        let (one, view) = (&self.catalog.types[at], self.views[at].as_ref()?);
        let Rows::Table(table) = &one.rows;
        let masks = &self.masks[at];
        let mut table = table.clone();
        if !view.condition.is_always() || !masks.columns.is_empty() {
            table.restriction = Some(Arc::new(Restriction {
                alias: ROW,
                condition: view.condition.clone(),
                masks: masks.columns.clone(),
            }));
        }
        let attributes = one.attributes.iter().zip(&view.attributes).zip(&masks.attributes);
        let attributes = attributes.filter(|((_, field), _)| field.seen != Seen::Nowhere);
        let relationships = (0..one.relationships.len()).filter_map(|index| self.relationship(at, index));
        Some(ResourceType {
            rows: Rows::Table(table),
            attributes: attributes.map(|((one, field), mask)| attribute(one, field, mask.as_ref())).collect(),
            relationships: relationships.collect(),
            row_estimate: one.row_estimate.filter(|_| !view.hides_any_row()),
            hides_rows: view.hides_any_row(),
            denied: view.denied,
            ..one.clone()
        })
    }

    fn relationship(&self, at: usize, index: usize) -> Option<Relationship> {
        let field = self.field(at, index)?;
        let relationship = &self.catalog.types[at].relationships[index];
        let target = relationship.target.0 as usize;
        let seen = self.views[target].as_ref()?;
        let mask = self.masks[at].relationships[index].as_ref();
        let mut link = relationship.link.clone();
        let (Link::ForeignKey { near, .. } | Link::Inverse { near, .. } | Link::JoinTable { near, .. }) =
            &mut link;
        if let Some(mask) = mask {
            near.clone_from(mask);
        }
        match &mut link {
            // The row may hold the key of one that is not seen.
            Link::ForeignKey { far_is_key, .. } => *far_is_key &= !seen.hides_any_row(),
            // What holds the link decides who sees it.
            Link::Inverse { near: _, far } => {
                let holder = self.holder(at, index);
                if let Some(holder) = holder {
                    self.field(target, holder)?;
                    if let Some(mask) = &self.masks[target].relationships[holder] {
                        far.clone_from(mask);
                    }
                }
            }
            Link::JoinTable { .. } => {}
        }
        Some(Relationship {
            target: self.ids[target]?,
            link,
            read_only: relationship.read_only || field.read_only,
            ..relationship.clone()
        })
    }

    /// What is seen of a relationship, if it is seen at all.
    fn field(&self, at: usize, index: usize) -> Option<&FieldView> {
        let field = &self.views[at].as_ref()?.relationships[index];
        (field.seen != Seen::Nowhere).then_some(field)
    }

    /// The foreign key of the target whose inverse a relationship is.
    fn holder(&self, at: usize, index: usize) -> Option<usize> {
        self.catalog.inverse_of(TypeId(u32::try_from(at).ok()?), index)
    }
}

fn attribute(one: &Attribute, field: &FieldView, mask: Option<&StoredColumn>) -> Attribute {
    let value = mask.map_or_else(|| one.value.clone(), |column| ValueSource::Column(column.clone()));
    Attribute { value, read_only: one.read_only || field.read_only, ..one.clone() }
}
