//! Shops with a panel account.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::store::Store;

/// One shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) username: String,
    pub(crate) password: String,
    /// Five digits at the head of its parcel codes.
    #[serde(default = "default_shop_code")]
    pub(crate) shop_code: u32,
    /// Where its parcels start.
    #[serde(default = "one")]
    pub(crate) state: u32,
    #[serde(default = "one")]
    pub(crate) city: u32,
    /// Inactive shops get 402 from the token call and -1 from the SOAP service.
    #[serde(default = "yes")]
    pub(crate) active: bool,
    /// Shops in debt get 403 from the token call.
    #[serde(default)]
    pub(crate) debt: bool,
    /// Whether the post's gateway knows the shop; if not, parcels are refused (-10, ResCode 14).
    #[serde(default = "yes")]
    pub(crate) gateway: bool,
    /// Any other error code of the token call (401, 404, 406, 407, 408).
    #[serde(default)]
    pub(crate) token_error: Option<u16>,
    /// Whether the shop has a printed-matter contract.
    #[serde(default)]
    pub(crate) printed_matter: bool,
    /// Wallet in rial.
    #[serde(default = "default_credit")]
    pub(crate) credit: i64,
}

fn default_shop_code() -> u32 {
    29_999
}

fn default_credit() -> i64 {
    10_000_000
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// All shops, in memory for the price path and in the store.
pub(crate) struct Accounts {
    by_name: RwLock<HashMap<String, Arc<Account>>>,
}

impl Accounts {
    /// Reads the shops; the demo shops are added where they are missing.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        let stored: Vec<Account> = store.read(|connection| {
            let mut statement = connection.prepare("SELECT value FROM accounts")?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
        })?;
        let accounts = Self { by_name: RwLock::default() };
        {
            let mut by_name = accounts.by_name.write().unwrap_or_else(PoisonError::into_inner);
            for account in seeds().into_iter().chain(stored) {
                by_name.insert(account.username.clone(), Arc::new(account));
            }
        }
        Ok(accounts)
    }

    /// The shop of this user name.
    pub(crate) fn get(&self, username: &str) -> Option<Arc<Account>> {
        self.by_name.read().unwrap_or_else(PoisonError::into_inner).get(username).cloned()
    }

    /// The shop, if the password is right.
    pub(crate) fn check(&self, username: &str, password: &str) -> Option<Arc<Account>> {
        self.get(username).filter(|account| account.password == password)
    }

    /// Adds a shop or replaces it.
    pub(crate) fn put(&self, store: &Store, account: Account) -> Result<()> {
        let value = serde_json::to_string(&account)?;
        store.write(|tx| {
            tx.execute(
                "INSERT INTO accounts (username, value) VALUES (?1, ?2)
                 ON CONFLICT (username) DO UPDATE SET value = ?2",
                (&account.username, &value),
            )?;
            Ok(())
        })?;
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        by_name.insert(account.username.clone(), Arc::new(account));
        Ok(())
    }

    /// All shops, by name.
    pub(crate) fn list(&self) -> Vec<Arc<Account>> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = by_name.values().cloned().collect();
        all.sort_by(|a, b| a.username.cmp(&b.username));
        all
    }
}

fn seeds() -> Vec<Account> {
    let shop = |username: &str, password: &str, shop_code| Account {
        username: username.to_owned(),
        password: password.to_owned(),
        shop_code,
        state: 1,
        city: 1,
        active: true,
        debt: false,
        gateway: true,
        token_error: None,
        printed_matter: false,
        credit: default_credit(),
    };
    vec![
        shop("demo-shop", "demo-pass", 29_999),
        shop("demo-kit", "demo-pass", 29_998),
        shop("ir-shop", "ir-pass", 29_997),
        Account { state: 5, city: 71, ..shop("shiraz-shop", "shiraz-pass", 29_996) },
        Account { debt: true, ..shop("debt-shop", "debt-pass", 29_995) },
        Account { active: false, ..shop("inactive-shop", "inactive-pass", 29_994) },
        Account { gateway: false, ..shop("gateway-off", "gateway-pass", 29_993) },
    ]
}
