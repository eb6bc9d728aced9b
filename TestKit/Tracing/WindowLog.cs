using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.TestKit.Tracing;

/// <summary>A row as it reached the bounds of a branch.</summary>
/// <param name="Position">Its number in the input.</param>
/// <param name="TimeMs">Its event time.</param>
/// <param name="Subject">Its subject; never shown.</param>
/// <param name="Texts">Its texts by slot; null is missing.</param>
/// <param name="Numbers">Its numbers by slot.</param>
internal sealed record BoundedRow(long Position, long TimeMs, Token Subject, IReadOnlyDictionary<int, byte[]?> Texts, IReadOnlyDictionary<int, long> Numbers);

/// <summary>What one lane's bounded window was told: rows, or a frontier.</summary>
/// <param name="Row">The row; null for a frontier.</param>
/// <param name="Frontier">The frontier.</param>
internal readonly record struct WindowEntry(BoundedRow? Row, Frontier Frontier);

/// <summary>Everything that the bounded window of one branch and lane was told, in order, as its state knows it: what a crash
/// has undone is not in it.</summary>
internal sealed class WindowLog
{
    private readonly List<WindowEntry> _entries = [];

    public IReadOnlyList<WindowEntry> Entries => _entries;

    /// <summary>Changes with every change.</summary>
    public long Version { get; private set; }

    public void Add(WindowEntry entry)
    {
        _entries.Add(entry);
        Version++;
    }

    public void CutTo(int count)
    {
        if (count > _entries.Count)
        {
            throw new SnapshotException("The stored state holds more than the test has seen.");
        }

        _entries.RemoveRange(count, _entries.Count - count);
        Version++;
    }
}
