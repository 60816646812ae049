//! Services and ways to pay, apart from the numbers each wire gives them.

/// How the buyer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pay {
    /// Goods and postage to the postman.
    Cod,
    /// Paid to the shop already.
    Online,
    /// Goods to the postman, postage taken from them.
    FreeCod,
    /// Goods paid, postage to the postman.
    PostageOnDelivery,
    /// Postage from the wallet, goods to the postman.
    WalletCod,
    /// Postage from the wallet, goods paid.
    WalletOnline,
}

impl Pay {
    /// The name in the store and the ledger.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cod => "cod",
            Self::Online => "online",
            Self::FreeCod => "free_cod",
            Self::PostageOnDelivery => "postage_on_delivery",
            Self::WalletCod => "wallet_cod",
            Self::WalletOnline => "wallet_online",
        }
    }

    /// Whether the postman takes money for the goods.
    pub(crate) fn collects(self) -> bool {
        matches!(self, Self::Cod | Self::FreeCod | Self::WalletCod)
    }

    /// What the postman takes in all.
    pub(crate) fn collected(self, goods: i64, postage: i64) -> i64 {
        match self {
            Self::Cod => goods.saturating_add(postage),
            Self::FreeCod | Self::WalletCod => goods,
            Self::PostageOnDelivery => postage,
            Self::Online | Self::WalletOnline => 0,
        }
    }
}
