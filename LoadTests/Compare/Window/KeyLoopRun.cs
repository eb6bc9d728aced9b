using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.LoadTests.Compare.Window;

/// <summary>The loop that counts rows by key with the framework's dictionary, subjects aside.</summary>
internal sealed class KeyLoopRun(WindowWorkload workload)
{
    private readonly Dictionary<byte[], long> _counts = new(GroupKeyComparer.Instance);

    /// <summary>Does a pass.</summary>
    /// <returns>Number of rows.</returns>
    public long Pass()
    {
        _counts.Clear();
        var lookup = _counts.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (EventBatch batch in workload.Batches)
        {
            TextColumn keys = batch.Text(WindowWorkload.KeySlot);
            for (int row = 0; row < batch.Count; row++)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(lookup, keys[row], out bool _)++;
            }
        }

        return workload.Rows;
    }
}
