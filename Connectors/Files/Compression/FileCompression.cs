namespace AkkaPrivacy.Connectors.Files.Compression;

/// <summary>How the bytes of a file are compressed.</summary>
public enum FileCompression
{
    /// <summary>By the name: <c>.gz</c> is gzip, <c>.zst</c> is Zstandard, all else is plain. A stream is plain.</summary>
    Auto,

    /// <summary>Not at all, whatever the name.</summary>
    None,

    /// <summary>gzip (RFC 1952), of one member or several.</summary>
    Gzip,

    /// <summary>Zstandard (RFC 8878), of one frame or several, with a window of up to 128 MiB.</summary>
    Zstd,
}
