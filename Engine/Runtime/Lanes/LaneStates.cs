using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>States of stages by lane and name.</summary>
internal static class LaneStates
{
    public static void Start(IEnumerable<IStageLink> links, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        foreach (var link in links)
        {
            link.Start();
            if (states.TryGetValue(Key(link), out var state))
            {
                Restore(link, state);
            }
        }
    }

    public static void Restore(IStageLink link, ReadOnlyMemory<byte> state)
    {
        var reader = new SnapshotReader(state);
        link.Restore(reader);
        if (!reader.IsAtEnd)
        {
            throw new SnapshotException($"The stored state of stage '{link.Name}' is longer than the stage reads.");
        }
    }

    public static string Key(IStageLink link) => Key(link.Lane, link.Name);

    public static string Key(int lane, string name) => $"{lane}/{name}";

    /// <summary>Takes a snapshot of every stage. The states lie in the links' own buffers and are valid until the next
    /// call, so that a large state is not allocated again at every barrier.</summary>
    public static Dictionary<string, ReadOnlyMemory<byte>> Take(IEnumerable<IStageLink> links)
    {
        var states = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var link in links)
        {
            if (link.Snapshot() is { IsEmpty: false } state)
            {
                states.Add(Key(link), state);
            }
        }

        return states;
    }
}
