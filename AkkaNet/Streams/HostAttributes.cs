using Akka.Streams;

namespace AkkaPrivacy.AkkaNet.Streams;

/// <summary>Attributes that hosts of stages understand beside Akka's own (name, dispatcher, input buffer, supervision).</summary>
internal static class HostAttributes
{
    /// <summary>Has stages that buffer push what they hold when nothing has come for this long. Default: never, because a
    /// runtime's reader tells.</summary>
    /// <param name="time">Above 0.</param>
    public static Attributes IdleAfter(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        return new Attributes(new IdleTime(time));
    }

    internal sealed record IdleTime(TimeSpan Time) : Attributes.IAttribute;
}
