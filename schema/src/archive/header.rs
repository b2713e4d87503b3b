//! The fixed header in front of the payload.

use super::OpenError;

/// Where the payload begins.
pub(super) const LEN: usize = 64;

const MAGIC: [u8; 8] = *b"CIMARRON";

/// The version of the format. Any change of `format` raises it.
pub(super) const VERSION: u32 = 1;

/// How rkyv lays the payload out: little-endian, aligned, 32-bit pointers.
const FLAGS: u32 = 0b111;

const VERSION_AT: usize = 8;
const FLAGS_AT: usize = 12;
const LENGTH_AT: usize = 16;
const HASH_AT: usize = 24;

/// The header of a payload of this length and hash.
pub(super) fn of(length: u64, hash: [u8; 32]) -> [u8; LEN] {
    let mut header = [0; LEN];
    let mut put = |at: usize, field: &[u8]| {
        if let Some(place) = header.get_mut(at..at + field.len()) {
            place.copy_from_slice(field);
        }
    };
    put(0, &MAGIC);
    put(VERSION_AT, &VERSION.to_le_bytes());
    put(FLAGS_AT, &FLAGS.to_le_bytes());
    put(LENGTH_AT, &length.to_le_bytes());
    put(HASH_AT, &hash);
    header
}

/// Checks the header against the bytes and gives the payload and its hash.
pub(super) fn payload(bytes: &[u8]) -> Result<(&[u8], [u8; 32]), OpenError> {
    let (payload, hash) = unhashed_payload(bytes)?;
    if *blake3::hash(payload).as_bytes() != hash {
        return Err(OpenError::ContentHash);
    }
    Ok((payload, hash))
}

/// The same without comparing the hash.
pub(super) fn unhashed_payload(bytes: &[u8]) -> Result<(&[u8], [u8; 32]), OpenError> {
    let field = |at: usize, len: usize| bytes.get(at..at + len).ok_or(OpenError::NotAnArchive);
    if field(0, MAGIC.len())? != MAGIC {
        return Err(OpenError::NotAnArchive);
    }
    let version = u32_at(field(VERSION_AT, 4)?);
    if version != VERSION {
        return Err(OpenError::Version { found: version, supported: VERSION });
    }
    let flags = u32_at(field(FLAGS_AT, 4)?);
    if flags != FLAGS {
        return Err(OpenError::Layout { found: flags });
    }
    let length = u64::from_le_bytes(field(LENGTH_AT, 8)?.try_into().unwrap_or_default());
    let payload = bytes.get(LEN..).ok_or(OpenError::NotAnArchive)?;
    if payload.len() as u64 != length {
        return Err(OpenError::Length { expected: length, found: payload.len() as u64 });
    }
    Ok((payload, field(HASH_AT, 32)?.try_into().unwrap_or_default()))
}

fn u32_at(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().unwrap_or_default())
}
