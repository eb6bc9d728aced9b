using System.Threading.Channels;
using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Connectors.Memory;

/// <summary>Sources of records of this process, for pipelines in C#. The folder's README says what a restart does.</summary>
public static class Records
{
    /// <summary>Records of a sequence that can be read again from its beginning, as a list or a query can.</summary>
    /// <typeparam name="T">The records.</typeparam>
    /// <param name="open">The sequence, for each run.</param>
    /// <param name="map">How fields are read from a record.</param>
    /// <param name="name">The source's name in plans and logs; never a personal value. Default: <c>records</c>.</param>
    /// <returns>The rows, with identifiers in the clear.</returns>
    public static Source<RawRows, NotUsed> From<T>(Func<IEnumerable<T>> open, RecordMap<T> map, string name = "records") =>
        From(() => open().ToAsyncEnumerable(), map, name);

    /// <summary>Records of an asynchronous sequence that can be read again from its beginning.</summary>
    /// <typeparam name="T">The records.</typeparam>
    /// <param name="open">The sequence, for each run.</param>
    /// <param name="map">How fields are read from a record.</param>
    /// <param name="name">The source's name in plans and logs; never a personal value. Default: <c>records</c>.</param>
    /// <returns>The rows, with identifiers in the clear.</returns>
    public static Source<RawRows, NotUsed> From<T>(Func<IAsyncEnumerable<T>> open, RecordMap<T> map, string name = "records") =>
        Create(open, map, name, replays: true);

    /// <summary>Records that others write into a channel. Each is read once: what no stored state covers is lost when the
    /// process ends.</summary>
    /// <typeparam name="T">The records.</typeparam>
    /// <param name="channel">The channel; completing it ends the source. A bounded one is backpressure for its writers.</param>
    /// <param name="map">How fields are read from a record.</param>
    /// <param name="name">The source's name in plans and logs; never a personal value. Default: <c>channel</c>.</param>
    /// <returns>The rows, with identifiers in the clear.</returns>
    public static Source<RawRows, NotUsed> FromChannel<T>(ChannelReader<T> channel, RecordMap<T> map, string name = "channel") =>
        Create(() => channel.ReadAllAsync(), map, name, replays: false);

    private static Source<RawRows, NotUsed> Create<T>(Func<IAsyncEnumerable<T>> open, RecordMap<T> map, string name, bool replays)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Source.FromColumns(() => new RecordSource<T>(name, open, map, replays), map.Schema, new ReadRecords(map.Map, [.. map.Unread()]));
    }
}
