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
                var reader = new SnapshotReader(state);
                link.Restore(reader);
                if (!reader.IsAtEnd)
                {
                    throw new SnapshotException($"The stored state of stage '{link.Name}' is longer than the stage reads.");
                }
            }
        }
    }

    public static Dictionary<string, ReadOnlyMemory<byte>> Take(IEnumerable<IStageLink> links)
    {
        var states = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var link in links)
        {
            var writer = new SnapshotWriter();
            link.Snapshot(writer);
            if (writer.Written.Length > 0)
            {
                states.Add(Key(link), writer.Written);
            }
        }

        return states;
    }

    private static string Key(IStageLink link) => $"{link.Lane}/{link.Name}";
}
