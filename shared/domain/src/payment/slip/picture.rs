//! The picture of a slip: what is taken for one (beyond D8).
//!
//! A picture is kept as it came and only ever handed out as a file to save. So the check is about what a file is,
//! not about what it shows: three kinds by their first bytes, and nothing in it that another program would take for
//! a page, a script, a document or an archive.

use serde::{Deserialize, Serialize};

/// Largest picture, in bytes: a photograph of a phone in its usual quality, a screenshot many times.
pub const MAX_PICTURE_BYTES: usize = 2 * 1024 * 1024;

/// Beginnings of pages, scripts and documents, which browsers and readers find anywhere in a file. In small letters.
const FOREIGN: [&[u8]; 7] = [b"<script", b"<svg", b"<html", b"<!doctype", b"<?php", b"<iframe", b"%pdf-"];
/// The end of an archive, which stands at the end of a file that is both picture and archive.
const ARCHIVE_END: &[u8] = b"PK\x05\x06";
/// How far from the end of a file an archive's directory may end: its comment has 16 bits of length.
const ARCHIVE_TAIL: usize = 66_000;

/// A kind of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

/// Why a file is not taken for the picture of a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureProblem {
    /// Over [`MAX_PICTURE_BYTES`].
    #[error("the picture is larger than {} bytes", MAX_PICTURE_BYTES)]
    TooLarge,
    /// Neither JPEG, PNG nor WebP, or cut short.
    #[error("the file is no whole JPEG, PNG or WebP picture")]
    Kind,
    /// Something else is in it too.
    #[error("the file holds more than a picture")]
    Mixed,
}

impl PictureKind {
    /// The kind of a file that may be taken.
    ///
    /// # Errors
    /// [`PictureProblem`].
    pub fn of(bytes: &[u8]) -> Result<PictureKind, PictureProblem> {
        if bytes.len() > MAX_PICTURE_BYTES {
            return Err(PictureProblem::TooLarge);
        }
        let kind = by_frame(bytes).ok_or(PictureProblem::Kind)?;
        let tail = bytes.get(bytes.len().saturating_sub(ARCHIVE_TAIL)..).unwrap_or(bytes);
        let archive = tail.windows(ARCHIVE_END.len()).any(|window| window == ARCHIVE_END);
        if archive || holds_foreign(bytes) { Err(PictureProblem::Mixed) } else { Ok(kind) }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            PictureKind::Jpeg => "image/jpeg",
            PictureKind::Png => "image/png",
            PictureKind::Webp => "image/webp",
        }
    }

    /// How its files' names end.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            PictureKind::Jpeg => "jpg",
            PictureKind::Png => "png",
            PictureKind::Webp => "webp",
        }
    }
}

/// By how a file begins and ends. Cameras append to JPEG (a short film, a preview): there only an end has to occur.
fn by_frame(bytes: &[u8]) -> Option<PictureKind> {
    match bytes {
        [0xff, 0xd8, 0xff, rest @ ..] if rest.windows(2).any(|pair| pair == [0xff, 0xd9]) => {
            Some(PictureKind::Jpeg)
        }
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, rest @ ..]
            if rest.get(4..8) == Some(b"IHDR") && bytes.ends_with(b"IEND\xae\x42\x60\x82") =>
        {
            Some(PictureKind::Png)
        }
        [b'R', b'I', b'F', b'F', a, b, c, d, b'W', b'E', b'B', b'P', b'V', b'P', b'8', ..]
            if usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).ok()?.checked_add(8)? == bytes.len() =>
        {
            Some(PictureKind::Webp)
        }
        _ => None,
    }
}

fn holds_foreign(bytes: &[u8]) -> bool {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| matches!(**byte, b'<' | b'%'));
    let mut rests = starts.filter_map(|(at, _)| bytes.get(at..));
    rests.any(|rest| {
        FOREIGN.iter().any(|mark| rest.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(inside: &[u8]) -> Vec<u8> {
        [&[0xff, 0xd8, 0xff, 0xe0][..], inside, &[0xff, 0xd9]].concat()
    }

    fn png(behind: &[u8]) -> Vec<u8> {
        [&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR....\0\0\0\0IEND\xae\x42\x60\x82"[..], behind].concat()
    }

    fn webp(length: u32) -> Vec<u8> {
        [&b"RIFF"[..], &length.to_le_bytes(), b"WEBPVP8 ....."].concat()
    }

    #[test]
    fn three_kinds_are_taken_whole() {
        assert_eq!(PictureKind::of(&jpeg(b"some light")), Ok(PictureKind::Jpeg));
        assert_eq!(PictureKind::of(&[&jpeg(b"light")[..], b"ftypmp42"].concat()), Ok(PictureKind::Jpeg));
        assert_eq!(PictureKind::of(&png(b"")), Ok(PictureKind::Png));
        assert_eq!(PictureKind::of(&webp(13)), Ok(PictureKind::Webp));
        for cut in [&png(b"")[..28], &[0xff, 0xd8, 0xff, 0xe0, 1, 2], &webp(14)[..], &png(b"more")[..], b""] {
            assert_eq!(PictureKind::of(cut), Err(PictureProblem::Kind), "{cut:?}");
        }
    }

    #[test]
    fn pages_and_other_files_are_refused() {
        for file in [
            &b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"[..],
            b"<!doctype html><script>",
            b"GIF89a",
            b"%PDF-1.7",
            b"\0\0\0\x18ftypheic",
        ] {
            assert_eq!(PictureKind::of(file), Err(PictureProblem::Kind));
        }
    }

    #[test]
    fn what_is_a_picture_and_something_else_is_refused() {
        for inside in ["<script>alert(1)</script>", "<SVG onload=x>", "<?php x", "%PDF-1.4", "PK\u{5}\u{6}"] {
            assert_eq!(PictureKind::of(&jpeg(inside.as_bytes())), Err(PictureProblem::Mixed), "{inside}");
        }
        // What cameras and editors write into their pictures.
        assert!(PictureKind::of(&jpeg(b"<x:xmpmeta><rdf:RDF>100%</rdf:RDF>")).is_ok());
    }

    #[test]
    fn the_largest_is_told() {
        let file = jpeg(&vec![b'.'; MAX_PICTURE_BYTES]);
        assert_eq!(PictureKind::of(&file), Err(PictureProblem::TooLarge));
        assert!(PictureKind::of(&jpeg(&vec![b'.'; MAX_PICTURE_BYTES - 6])).is_ok());
    }
}
