//! Products a shop has registered.

use rusqlite::{Connection, OptionalExtension};

use crate::error::Result;

/// A product without its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) client_id: Option<String>,
    pub(crate) name: String,
    pub(crate) price: i64,
    pub(crate) weight: i64,
    pub(crate) stock: i64,
    pub(crate) percent_discount: i64,
    pub(crate) description: String,
}

/// The first id, so that ids do not look like counts.
const FIRST_ID: i64 = 700_101;

/// Registers a product, always as a new one.
pub(crate) fn add(connection: &Connection, account: &str, product: &Product) -> Result<i64> {
    let id: i64 = connection
        .prepare_cached("SELECT max(coalesce(max(id) + 1, ?1), ?1) FROM products")?
        .query_row([FIRST_ID], |row| row.get(0))?;
    connection
        .prepare_cached(
            "INSERT INTO products (id, account, client_id, name, price, weight, stock, percent_discount, description)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute((
            id,
            account,
            &product.client_id,
            &product.name,
            product.price,
            product.weight,
            product.stock,
            product.percent_discount,
            &product.description,
        ))?;
    Ok(id)
}

/// A shop's product.
pub(crate) fn get(connection: &Connection, account: &str, id: i64) -> Result<Option<Product>> {
    let mut statement = connection.prepare_cached(
        "SELECT client_id, name, price, weight, stock, percent_discount, description
         FROM products WHERE id = ?1 AND account = ?2",
    )?;
    let product = statement
        .query_row((id, account), |row| {
            Ok(Product {
                client_id: row.get(0)?,
                name: row.get(1)?,
                price: row.get(2)?,
                weight: row.get(3)?,
                stock: row.get(4)?,
                percent_discount: row.get(5)?,
                description: row.get(6)?,
            })
        })
        .optional()?;
    Ok(product)
}

/// Replaces a shop's product; `false` if there is none.
pub(crate) fn update(connection: &Connection, account: &str, id: i64, product: &Product) -> Result<bool> {
    let changed = connection
        .prepare_cached(
            "UPDATE products SET name = ?3, price = ?4, weight = ?5, stock = ?6, percent_discount = ?7,
                                 description = ?8 WHERE id = ?1 AND account = ?2",
        )?
        .execute((
            id,
            account,
            &product.name,
            product.price,
            product.weight,
            product.stock,
            product.percent_discount,
            &product.description,
        ))?;
    Ok(changed > 0)
}
