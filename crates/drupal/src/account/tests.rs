//! Accounts found in a database like a site's.
