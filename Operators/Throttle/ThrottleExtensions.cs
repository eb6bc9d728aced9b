using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Operators.Throttle;

/// <summary>Throttling as a part of a graph.</summary>
public static class ThrottleExtensions
{
    /// <summary>Reads the source no faster than allowed, by not reading; nothing is dropped. See <see cref="ThrottleOptions"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The lines, straight from their source.</param>
    /// <param name="options">The limits.</param>
    /// <returns>The same lines. The plan hash stays as it is. Planning refuses <see cref="ArrivalMode.Ingest"/> with it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of range.</exception>
    /// <exception cref="ArgumentException">No limit is set.</exception>
    public static Source<RawLines, TMat> Throttle<TMat>(this Source<RawLines, TMat> source, ThrottleOptions options)
    {
        options.Check();
        return source.Throttled(open => Wrap(open, options));
    }

    /// <summary>Puts a throttle around a source that is opened elsewhere. Its node says so by <see cref="SourceNode.IsThrottled"/>.</summary>
    /// <param name="open">Makes the source for one run.</param>
    /// <param name="options">The limits, in range.</param>
    /// <returns>Makes the throttled source for one run.</returns>
    public static Func<IEventSource> Wrap(Func<IEventSource> open, ThrottleOptions options) => () => new ThrottledSource(open(), options);
}
