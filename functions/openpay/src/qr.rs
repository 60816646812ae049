//! The QR code of a link.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use qrcode::QrCode;
use qrcode::render::svg;
use yam_platform::Problem;
use yam_platform::problem::Kind;

use crate::PayState;
use crate::pages::shop::{Shop, link_of};

/// Side in pixels at the least: read from paper at arm's length.
const SIDE: u32 = 240;

/// `GET /openpay/{shop}/{link}/qr.svg`.
pub(crate) async fn svg(
    State(state): State<PayState>,
    Path((shop, link)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shop = Shop::load(&state, &shop).await?;
    let link = link_of(&state, &shop.merchant, &link).await?;
    let url = shop.link_url(&state, &headers, &link.id);
    let picture = draw(&url).ok_or_else(|| Problem::new(Kind::Internal))?;
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "private, max-age=3600")];
    Ok((headers, picture).into_response())
}

fn draw(text: &str) -> Option<String> {
    let code = QrCode::new(text.as_bytes()).ok()?;
    let mut picture = code.render::<svg::Color<'_>>();
    Some(
        picture
            .min_dimensions(SIDE, SIDE)
            .dark_color(svg::Color("#000"))
            .light_color(svg::Color("#fff"))
            .build(),
    )
}
