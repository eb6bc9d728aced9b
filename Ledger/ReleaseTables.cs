using System.Globalization;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>Where releases and the outbox stand in a store. <see cref="ReleaseWriter"/> writes them.</summary>
internal static class ReleaseTables
{
    /// <summary>Releases: <see cref="ReleaseId.ToString"/> to the release as <see cref="ReleaseJson"/>.</summary>
    public const string Releases = "releases";

    /// <summary>The outbox: sequence number (<see cref="SequenceKey"/>) to release id, as UTF-8.</summary>
    public const string Outbox = "outbox";

    /// <summary>One row, <see cref="SequenceRow"/>: the sequence number given out last.</summary>
    public const string OutboxSequence = "outbox-sequence";

    /// <summary>The key of the only row of <see cref="OutboxSequence"/>.</summary>
    public const string SequenceRow = "last";

    /// <summary>Sink name to the sequence number of the last release it has published.</summary>
    public const string OutboxCursors = "outbox-cursors";

    /// <summary>A sequence number as key: 19 digits, so that keys sort as numbers.</summary>
    /// <param name="sequence">0 or more.</param>
    /// <returns>The key.</returns>
    public static string SequenceKey(long sequence) => sequence.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>Reads a number that was stored as digits.</summary>
    /// <param name="digits">ASCII digits.</param>
    /// <param name="number">The number, 0 or more.</param>
    /// <returns>Whether the digits are a number.</returns>
    public static bool TryParse(ReadOnlySpan<byte> digits, out long number) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
