//! Pictures of slips: sealed with the merchant's key, beside the payment, and forgotten by themselves.
//!
//! An item of the table holds 400 KB, which is less than a photograph: a picture lies in up to six pieces, each
//! sealed for its place. They are written before the payment names them, so a payment never names a picture that
//! is not there; pieces that no payment came to name are forgotten like all others.

use jiff::SignedDuration;
use yam_domain::ids::{MerchantId, PaymentId};
use yam_domain::payment::slip::PictureKind;
use yam_store::items::{Binary, PicturePiece, SlipPicture};
use yam_store::keys::slip_picture;
use yam_store::{Read, Store, StoreError};

/// Bytes of a piece: an item's 400 KB less its names and its seal.
const PIECE: usize = 350 * 1024;
/// How long a picture is kept: slips are decided in days, and banks hear complaints for about two months.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);

/// A picture that was looked at and may be kept.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) kind: PictureKind,
    pub(crate) bytes: bytes::Bytes,
}

fn purpose(payment: &PaymentId, id: &str, piece: u32, pieces: u32) -> String {
    format!("slip-picture/{payment}/{id}/{piece}/{pieces}")
}

/// Keeps a picture; what the payment has to know of it.
pub(crate) async fn keep(
    store: &Store,
    merchant: &MerchantId,
    payment: &PaymentId,
    picture: &Picture,
) -> Result<SlipPicture, StoreError> {
    let cipher = store.vault.cipher(merchant).await?;
    let until = store.clock.now().saturating_add(KEPT).unwrap_or(jiff::Timestamp::MAX);
    let kept = SlipPicture {
        id: store.ids.token(16),
        kind: picture.kind,
        bytes: u32::try_from(picture.bytes.len()).unwrap_or(u32::MAX),
        pieces: u32::try_from(picture.bytes.len().div_ceil(PIECE)).unwrap_or(u32::MAX),
        expires_at: until.as_second(),
    };
    for (n, piece) in (0..kept.pieces).zip(picture.bytes.chunks(PIECE)) {
        let purpose = purpose(payment, &kept.id, n, kept.pieces);
        let sealed = cipher.seal_bytes(&purpose, piece, store.ids.as_ref());
        let sealed = sealed.map_err(|_| StoreError::Secret("a picture could not be sealed".into()))?;
        let item = PicturePiece { data: Binary(sealed), expires_at: kept.expires_at };
        store.table.put(&slip_picture(merchant, &kept.id, n), &item).await?;
    }
    Ok(kept)
}

/// A picture; none when its time is over, whether or not the table has forgotten it yet.
pub(crate) async fn open(
    store: &Store,
    merchant: &MerchantId,
    payment: &PaymentId,
    picture: &SlipPicture,
) -> Result<Option<Vec<u8>>, StoreError> {
    if picture.expires_at <= store.clock.now().as_second() {
        return Ok(None);
    }
    let cipher = store.vault.cipher(merchant).await?;
    let mut bytes = Vec::with_capacity(usize::try_from(picture.bytes).unwrap_or(0).min(PIECE * 6));
    for n in 0..picture.pieces {
        let key = slip_picture(merchant, &picture.id, n);
        let piece: Option<PicturePiece> = store.table.get(&key, Read::Consistent).await?;
        let Some(piece) = piece else { return Ok(None) };
        let plain = cipher.open_bytes(&purpose(payment, &picture.id, n, picture.pieces), &piece.data.0);
        let plain = plain.map_err(|_| StoreError::Secret("a piece of a picture does not open".into()))?;
        bytes.extend_from_slice(&plain);
    }
    Ok(Some(bytes))
}
