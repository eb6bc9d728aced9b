namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>Where a <see cref="SqliteStore"/> is kept and how it waits.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file. Its directory must exist and be on a local disk: locks and the write-ahead log
    /// do not work over network file systems. Required.</summary>
    public required string Path { get; init; }

    /// <summary>How long a transaction waits for another process that writes, from 0 to 60 s. Default: 5 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a missing file is created, readable and writable by its owner alone (mode 0600).
    /// Default: true. Ignored when <see cref="ReadOnly"/>.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>Opens an existing file for reading only: every write fails with
    /// <see cref="Engine.Ports.StoreFailure.ReadOnly"/>. Default: false.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Files up to this size are checked page by page when they are opened; of larger ones only header and
    /// schema are, and each row and event by its checksum when it is read. 0 or more bytes. Default: 256 MiB.</summary>
    public long CheckUpToBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>The largest size of the file in pages of 4 KiB, 16 or more; a quota for tests of a full disk.
    /// Default: null, no limit but the disk's.</summary>
    public int? MaxPages { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        ArgumentOutOfRangeException.ThrowIfLessThan(BusyTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BusyTimeout, TimeSpan.FromSeconds(60));
        ArgumentOutOfRangeException.ThrowIfNegative(CheckUpToBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPages ?? 16, 16);
    }
}
