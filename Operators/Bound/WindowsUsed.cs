using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Bound;

/// <summary>How many windows of an accounting period each subject has counted in.</summary>
internal sealed class WindowsUsed
{
    private const int BytesPerSubject = 36;
    private readonly Dictionary<Token, int> _used = [];

    /// <summary>Bytes held, about.</summary>
    public long Bytes => (long)_used.Capacity * BytesPerSubject;

    /// <summary>Uses one window, if one is left.</summary>
    /// <param name="token">The subject.</param>
    /// <param name="windows">W.</param>
    /// <returns>Whether the subject counts in the window.</returns>
    public bool TryUse(Token token, int windows)
    {
        ref var used = ref CollectionsMarshal.GetValueRefOrAddDefault(_used, token, out _);
        if (used >= windows)
        {
            return false;
        }

        used++;
        return true;
    }

    /// <summary>Forgets all subjects.</summary>
    public void Clear()
    {
        if (_used.Capacity > 1024 && _used.Count < _used.Capacity / 16)
        {
            _used.TrimExcess(_used.Capacity / 4);
        }

        _used.Clear();
    }

    /// <summary>Writes the table.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(SnapshotWriter writer)
    {
        writer.WriteArray<Token>(_used.Keys.ToArray());
        writer.WriteArray<int>(_used.Values.ToArray());
    }

    /// <summary>Reads what <see cref="Write"/> wrote into the empty table.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="windows">W.</param>
    /// <exception cref="SnapshotException">The state is damaged.</exception>
    public void Read(SnapshotReader reader, int windows)
    {
        var tokens = reader.ReadArray<Token>();
        var used = reader.ReadArray<int>();
        if (tokens.Length != used.Length)
        {
            throw new SnapshotException("The stored state is damaged: subjects and their windows do not go together.");
        }

        for (var i = 0; i < tokens.Length; i++)
        {
            if (used[i] < 1 || used[i] > windows || tokens[i] == default || !_used.TryAdd(tokens[i], used[i]))
            {
                throw new SnapshotException("The stored state is damaged: a subject's number of windows is not possible.");
            }
        }
    }
}
