//! What a role of the database may see and do, as a caller's view: privileges on columns shrink it, and the database
//! itself hides rows.

use docent_catalog::model::{
    Attribute, Catalog, Denied, Link, Relationship, ResourceType, Rows, StoredColumn, ValueSource,
};
use docent_catalog::view::{FieldView, Seen, TypeView};
use docent_sql::schema::TableName;
use docent_sql::statement::Condition;
use docent_sql::{Privileges, TablePrivileges};

/// What a role sees of each type; `None` of those whose ids it cannot read.
pub(super) fn views(catalog: &Catalog, privileges: &Privileges) -> Vec<Option<TypeView>> {
    let role = Role { catalog, privileges };
    catalog.types.iter().map(|one| role.view(one)).collect()
}

/// What is seen where two ways of deciding it have to agree.
pub(super) fn meet(one: Option<TypeView>, other: Option<TypeView>) -> Option<TypeView> {
    let (one, other) = (one?, other?);
    let fields = |one: Vec<FieldView>, other: Vec<FieldView>| {
        one.into_iter().zip(other).map(|(one, other)| FieldView {
            // A role of the database sees a field in all rows or in none.
            seen: if other.seen == Seen::Nowhere { Seen::Nowhere } else { one.seen },
            read_only: one.read_only || other.read_only,
        })
    };
    Some(TypeView {
        condition: one.condition.and(other.condition),
        attributes: fields(one.attributes, other.attributes).collect(),
        relationships: fields(one.relationships, other.relationships).collect(),
        denied: Denied {
            create: one.denied.create || other.denied.create,
            update: one.denied.update || other.denied.update,
            delete: one.denied.delete || other.denied.delete,
        },
        hides_rows: one.hides_rows || other.hides_rows,
        may_all: one.may_all && other.may_all,
    })
}

struct Role<'a> {
    catalog: &'a Catalog,
    privileges: &'a Privileges,
}

impl Role<'_> {
    fn of(&self, table: &TableName) -> Option<&TablePrivileges> {
        self.privileges.tables.get(table)
    }

    fn view(&self, one: &ResourceType) -> Option<TypeView> {
        let Rows::Table(table) = &one.rows;
        let may = self.of(&table.name)?;
        if !reads(may, &one.key) {
            return None;
        }
        Some(TypeView {
            condition: Condition::always(),
            attributes: one.attributes.iter().map(|attribute| field(may, attribute)).collect(),
            relationships: one.relationships.iter().map(|link| self.relationship(may, link)).collect(),
            denied: Denied {
                create: may.insert.is_empty(),
                update: may.update.is_empty(),
                delete: !may.delete,
            },
            hides_rows: may.hides_rows,
            // What may not be done the database refuses.
            may_all: true,
        })
    }

    fn relationship(&self, may: &TablePrivileges, relationship: &Relationship) -> FieldView {
        let target = self.catalog.get(relationship.target);
        let Rows::Table(table) = &target.rows;
        let nobody = TablePrivileges::default();
        let of_target = self.of(&table.name).unwrap_or(&nobody);
        let (seen, writable) = match &relationship.link {
            Link::ForeignKey { near, far, .. } => {
                (reads(may, near) && reads(of_target, far), near.iter().any(|column| writes(may, column)))
            }
            Link::Inverse { near, far } => (
                reads(may, near) && reads(of_target, far),
                far.iter().any(|column| of_target.update.contains(&column.name)),
            ),
            Link::JoinTable { table, near, join_near, join_far, far, meta, .. } => {
                let of_join = self.of(&table.name).unwrap_or(&nobody);
                let linking = reads(of_join, join_near) && reads(of_join, join_far);
                let told = meta.iter().all(|(_, column)| of_join.select.contains(&column.name));
                let inserts = join_near.iter().chain(join_far).all(|one| of_join.insert.contains(&one.name));
                (reads(may, near) && reads(of_target, far) && linking && told, inserts || of_join.delete)
            }
        };
        FieldView { seen: if seen { Seen::Everywhere } else { Seen::Nowhere }, read_only: !writable }
    }
}

fn field(may: &TablePrivileges, attribute: &Attribute) -> FieldView {
    let ValueSource::Column(column) = &attribute.value;
    let seen = if may.select.contains(&column.name) { Seen::Everywhere } else { Seen::Nowhere };
    FieldView { seen, read_only: !writes(may, column) }
}

fn reads(may: &TablePrivileges, columns: &[StoredColumn]) -> bool {
    columns.iter().all(|column| may.select.contains(&column.name))
}

fn writes(may: &TablePrivileges, column: &StoredColumn) -> bool {
    may.insert.contains(&column.name) || may.update.contains(&column.name)
}
