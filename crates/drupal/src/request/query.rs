//! tmp
use crate::account::Account;
use crate::error::Refusal;
use crate::load::select::{Building, column};
use crate::request::page::Page;
use crate::request::parameters::Parameters;
use crate::site::{ResourceTypeIndex, Site};
use docent_sql::Value;
use docent_sql::statement::{Alias, Limit, Select};
#[allow(missing_docs)]
pub struct Found {
    pub select: Select,
    pub parameters: Vec<Value>,
}
#[allow(missing_docs)]
pub fn collection(
    site: &Site,
    _account: &Account,
    resource_type: ResourceTypeIndex,
    _parameters: &Parameters,
    page: &Page,
) -> Result<Found, Refusal> {
    let et = &site[site[resource_type].entity_type];
    let mut b = Building::from(&et.tables.as_ref().unwrap().base);
    b.output(column(Alias(0), &et.keys.id));
    if et.is_versionable() {
        b.output(column(Alias(0), &et.keys.revision));
    }
    if !et.keys.bundle.is_empty() {
        let c = b.equals(column(Alias(0), &et.keys.bundle), Value::Text(site[resource_type].bundle.clone()));
        b.only(c);
    }
    b.ascending(column(Alias(0), &et.keys.id));
    let l = b.value(Value::Integer(page.limit as i64 + 1));
    let o = b.value(Value::Integer(page.offset as i64));
    let (mut select, parameters) = b.finish();
    select.limit = Some(Limit::Given(l));
    select.offset = Some(o);
    Ok(Found { select, parameters })
}
