//! Passwords: argon2id (RFC 9106), never stored, never compared in a time that tells something.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::base::error::{Error, Result};

/// The fewest characters of a password (NIST SP 800-63B-4 §3.1.1.2 asks for 15 where a password stands alone).
pub const SHORTEST: usize = 15;

/// 19 MiB, 2 passes, 1 lane: OWASP's first recommendation for argon2id.
fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a new password, with 16 random bytes of salt.
pub fn hash(password: &str, salt: [u8; 16]) -> Result<String> {
    Ok(hasher()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(Error::internal)?.to_string())
}

/// Whether `password` is the one that was hashed. Without a hash it takes as long, so that nobody learns who exists.
pub fn verify(password: &str, hashed: Option<&str>) -> Result<bool> {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let parsed = PasswordHash::new(hashed.unwrap_or(NOBODY)).map_err(Error::internal)?;
    Ok(hasher()?.verify_password(password.as_bytes(), &parsed).is_ok() && hashed.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_fits() {
        let hashed = hash("correct horse battery", [7; 16]).unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse battery", Some(&hashed)).unwrap());
        assert!(!verify("correct horse batterz", Some(&hashed)).unwrap());
        assert!(!verify("", None).unwrap());
    }
}
