//! Zstandard (RFC 8878) as Kafka uses zstd-jni's `ZstdOutputStream` and `ZstdInputStream`.

use zstd::zstd_safe::{
    CCtx, CParameter, DCtx, DParameter, ErrorCode, InBuffer, OutBuffer, ResetDirective, get_error_name,
    zstd_sys::ZSTD_EndDirective,
};

use super::{Compression, CompressionError};

/// Kafka's and zstd's default.
pub(super) const DEFAULT_LEVEL: i32 = 3;
/// zstd's own limit for streams, which Kafka keeps: windows of up to 128 MB.
const WINDOW_LOG_MAX: u32 = 27;

const TRUNCATED: CompressionError = CompressionError::Truncated { codec: Compression::Zstd };

fn encode(code: ErrorCode) -> CompressionError {
    CompressionError::encode(Compression::Zstd, get_error_name(code))
}

fn corrupt(code: ErrorCode) -> CompressionError {
    CompressionError::corrupt(Compression::Zstd, get_error_name(code))
}

fn no_memory() -> CompressionError {
    CompressionError::encode(Compression::Zstd, "no memory for a context")
}

/// Writes one frame a payload: no content size, no checksum, and the level's window (2 MB at 3).
pub(super) struct Encoder {
    context: CCtx<'static>,
}

impl Encoder {
    pub(super) fn new(level: i32) -> Result<Self, CompressionError> {
        let mut context = CCtx::try_create().ok_or_else(no_memory)?;
        context.set_parameter(CParameter::CompressionLevel(level)).map_err(encode)?;
        Ok(Self { context })
    }

    pub(super) fn compress(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), CompressionError> {
        // Also forgets a payload that failed half-way.
        self.context.reset(ResetDirective::SessionOnly).map_err(encode)?;
        let mut input = InBuffer::around(payload);
        // Kafka's stream does not know the size when it begins; ending at once would record it.
        while input.pos() < payload.len() {
            self.step(&mut input, out, ZSTD_EndDirective::ZSTD_e_continue)?;
        }
        while self.step(&mut input, out, ZSTD_EndDirective::ZSTD_e_end)? > 0 {}
        Ok(())
    }

    /// Answers how much the context has yet to write, as far as it knows.
    fn step(
        &mut self,
        input: &mut InBuffer<'_>,
        out: &mut Vec<u8>,
        directive: ZSTD_EndDirective,
    ) -> Result<usize, CompressionError> {
        out.reserve(CCtx::out_size());
        let pos = out.len();
        let mut output = OutBuffer::around_pos(out, pos);
        self.context.compress_stream2(&mut output, input, directive).map_err(encode)
    }
}

/// The decoding context, made at the first use.
#[derive(Default)]
pub(super) struct Context {
    context: Option<DCtx<'static>>,
}

/// Reads any number of frames, one behind the other.
///
/// Like `ZstdInputStreamNoFinalizer`, it takes the payload in portions, and takes the end of the
/// payload for the end of the data unless the portion before it was taken up since a frame ended.
/// So a frame that is cut off behind a whole one in the same portion goes unnoticed, as in Kafka.
pub(super) struct Reader<'a> {
    /// The portion at hand.
    portion: &'a [u8],
    /// What is behind it.
    rest: &'a [u8],
    context: &'a mut DCtx<'static>,
    frame_finished: bool,
    need_input: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(payload: &'a [u8], context: &'a mut Context) -> Result<Self, CompressionError> {
        let context = match &mut context.context {
            Some(context) => context,
            none => none.insert(new_context()?),
        };
        context.reset(ResetDirective::SessionOnly).map_err(corrupt)?;
        Ok(Self { portion: &[], rest: payload, context, frame_finished: true, need_input: true })
    }

    pub(super) fn read(&mut self, buf: &mut [u8]) -> Result<usize, CompressionError> {
        loop {
            if self.need_input && self.portion.is_empty() {
                if self.rest.is_empty() {
                    return if self.frame_finished { Ok(0) } else { Err(TRUNCATED) };
                }
                (self.portion, self.rest) = self.rest.split_at(self.rest.len().min(DCtx::in_size()));
                self.frame_finished = false;
            }
            let mut input = InBuffer::around(self.portion);
            let mut output = OutBuffer::around(buf);
            let hint = self.context.decompress_stream(&mut output, &mut input).map_err(corrupt)?;
            let (used, n) = (input.pos(), output.pos());
            self.portion = &self.portion[used..];
            self.frame_finished |= hint == 0;
            // A full buffer may have left bytes inside the context.
            self.need_input = hint == 0 || n < buf.len();
            if n > 0 {
                return Ok(n);
            }
            if used == 0 && hint > 0 && !self.portion.is_empty() {
                return Err(CompressionError::corrupt(Compression::Zstd, "the decoder is stuck"));
            }
        }
    }
}

fn new_context() -> Result<DCtx<'static>, CompressionError> {
    let mut context = DCtx::try_create().ok_or_else(no_memory)?;
    context.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX)).map_err(corrupt)?;
    Ok(context)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{noise, packed, unpack, unpack_magic};
    use super::*;

    const ZSTD: Compression = Compression::Zstd;

    #[test]
    fn the_frame_is_that_of_kafka() {
        let bytes = packed(ZSTD, b"payload payload payload");
        // Descriptor 0: no content size, no checksum, no dictionary. Window 0x58: 2^(10 + 11).
        assert_eq!(bytes[..6], [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
        assert_eq!(packed(ZSTD, &noise(3 << 20))[..6], bytes[..6]);
    }

    #[test]
    fn frames_are_joined_and_junk_is_refused() {
        let one = packed(ZSTD, b"one,");
        let checked = {
            let mut encoder = Encoder::new(1).expect("a context");
            encoder.context.set_parameter(CParameter::ChecksumFlag(true)).expect("a flag");
            let mut out = Vec::new();
            encoder.compress(b"two", &mut out).expect("small");
            out
        };
        let skippable = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        let bytes = [&one[..], &skippable, &checked].concat();
        assert_eq!(unpack(ZSTD, &bytes).expect("valid"), b"one,two");
        assert!(unpack(ZSTD, &[&bytes[..], b"junk!"].concat()).is_err());
        let mut broken = bytes.clone();
        let end = broken.len();
        broken[end - 1] ^= 1;
        assert!(unpack(ZSTD, &broken).is_err(), "the checksum is checked");
    }

    #[test]
    fn windows_above_128_mb_are_refused() {
        for (exponent, good) in [(17, true), (18, false)] {
            // An empty raw block, the last one, in a frame with that window.
            let bytes = [0x28, 0xb5, 0x2f, 0xfd, 0, exponent << 3, 1, 0, 0];
            assert_eq!(unpack(ZSTD, &bytes).is_ok(), good, "2^{}", exponent + 10);
        }
    }

    #[test]
    fn magic_2_only() {
        let bytes = packed(ZSTD, b"payload");
        for magic in [0, 1] {
            let error = unpack_magic(ZSTD, magic, &bytes).expect_err("illegal");
            assert!(error.to_string().contains("magic"), "{error}");
        }
    }
}
