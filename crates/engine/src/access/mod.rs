//! Who asks, and what they may do.
//!
//! Access is decided in one place: what a caller may do is worked out before anything else of a request, and makes the
//! catalog as they see it (`docent_catalog::view`). Every later stage works on that catalog, so it neither knows of
//! access nor can forget it. What may be written is kept beside it, as conditions that `write` checks in the
//! transaction.
//!
//! | module | owns |
//! |---|---|
//! | `principal` | who asks |
//! | `policy` | what the configuration says |
//! | `condition` | its conditions: claims and literals compared with fields |
//! | `grants` | the policy in the terms of a catalog, and what does not fit it |
//! | `caller` | what the grants of one caller come to |
//! | `privileges` | what a role of the database may see and do, where requests take one |
//! | `accounts` | accounts in a table of the served database, for the edge |
//! | `views` | the catalogs of callers, made when they are needed and kept |
//! | `survey` | what the policy comes to, for those who write it |

mod accounts;
mod caller;
mod condition;
mod grants;
mod policy;
mod principal;
mod privileges;
mod survey;
mod views;

pub use accounts::{AccountReader, AccountsProblem, AccountsTable, StoredAccount};
pub use policy::{Action, Permission, Policy, Role};
pub use principal::{Principal, User};
pub use survey::{catalog_of_role, doubts, unfit};

pub(crate) use caller::{TypeRules, WriteRule, WriteRules};
pub(crate) use views::Views;
