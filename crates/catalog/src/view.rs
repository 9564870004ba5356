//! The catalog as one caller sees it: as if what they may not see had been deleted from the database.
//!
//! What is left out here has no name and no place in any statement. Rows that are not seen are left out by the
//! restriction that goes with a type's table wherever it is read, and fields that only some rows show are columns of
//! their own, which hold NULL in the others. So nothing that works on a catalog has to know about access.

use std::sync::Arc;

use docent_sql::statement::{Alias, Condition, Mask, Restriction, Table};

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
    /// Whether all of its rows may be created and deleted.
    pub may_all: bool,
}

impl TypeView {
    /// Whether its rows can be made and taken away without asking which.
    fn is_open(&self) -> bool {
        self.may_all && !self.hides_any_row()
    }

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
        let table = Table { restriction: self.restriction(at), ..table.clone() };
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
        let mut is_open = true;
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
            Link::JoinTable { table, join_near, join_far, meta, .. } => {
                // A join table may be a type of its own, with rules of its own.
                if let Some(join) = self.type_of(table) {
                    is_open = self.views[join].as_ref()?.is_open();
                    table.restriction = self.restriction(join);
                    for column in join_near.iter_mut().chain(join_far) {
                        *column = self.column(join, column)?;
                    }
                    meta.retain_mut(|(_, column)| {
                        self.column(join, column).map(|seen| *column = seen).is_some()
                    });
                }
            }
        }
        Some(Relationship {
            target: self.ids[target]?,
            link,
            read_only: relationship.read_only || field.read_only || !is_open,
            ..relationship.clone()
        })
    }

    /// What is seen of a type's rows, if not all of them are as they are.
    fn restriction(&self, at: usize) -> Option<Arc<Restriction>> {
        let (condition, masks) = (&self.views[at].as_ref()?.condition, &self.masks[at].columns);
        let restricts = !condition.is_always() || !masks.is_empty();
        restricts
            .then(|| Arc::new(Restriction { alias: ROW, condition: condition.clone(), masks: masks.clone() }))
    }

    /// The type whose rows a table holds.
    fn type_of(&self, table: &Table) -> Option<usize> {
        self.catalog.types.iter().position(|one| {
            let Rows::Table(rows) = &one.rows;
            rows.name == table.name
        })
    }

    /// A column of a type as it is seen: as the field it belongs to, or, if it belongs to none, as it is.
    fn column(&self, at: usize, column: &StoredColumn) -> Option<StoredColumn> {
        let (one, view, masks) = (&self.catalog.types[at], self.views[at].as_ref()?, &self.masks[at]);
        let attributes = one.attributes.iter().zip(&view.attributes).zip(&masks.attributes);
        let of_attributes = attributes.filter_map(|((attribute, field), mask)| {
            let ValueSource::Column(own) = &attribute.value;
            (own.name == column.name).then(|| (field, mask.clone()))
        });
        let relationships = one.relationships.iter().zip(&view.relationships).zip(&masks.relationships);
        let of_relationships = relationships.filter_map(|((relationship, field), mask)| {
            let Link::ForeignKey { near, .. } = &relationship.link else { return None };
            let place = near.iter().position(|own| own.name == column.name)?;
            Some((field, mask.as_ref().map(|mask| mask[place].clone())))
        });
        let mut fields = of_attributes.chain(of_relationships).peekable();
        if fields.peek().is_none() {
            return Some(column.clone());
        }
        // Of several fields the one that shows most counts.
        let mut seen = None;
        for (field, mask) in fields {
            match (&field.seen, mask) {
                (Seen::Everywhere, _) => return Some(column.clone()),
                (Seen::Where(_), Some(mask)) => seen = Some(mask),
                _ => {}
            }
        }
        seen
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
