using System.Text.Json;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Connectors.SideOutputs;

/// <summary>Lines of side outputs as JSON.</summary>
internal static class SideOutputLine
{
    private static readonly string[] Names =
        [.. Enum.GetValues<DeadLetterReason>().Select(reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()))];

    public static void Write(Utf8JsonWriter json, in DeadLetter letter)
    {
        json.WriteStartObject();
        json.WriteString("reason", Names[(int)letter.Reason]);
        json.WriteNumber("partition", letter.Partition);
        json.WriteNumber("position", letter.Position);
        json.WriteString("field", letter.Field);
        if (letter.Query is { } query)
        {
            json.WriteString("query", query);
        }

        if (letter.Window is { } window && IsInstant(window.StartMs) && IsInstant(window.EndMs))
        {
            json.WriteStartObject("window");
            json.WriteString("start", window.Start.UtcDateTime);
            json.WriteString("end", window.End.UtcDateTime);
            json.WriteEndObject();
        }

        if (letter.Source is { } source)
        {
            json.WriteString("source", source);
            json.WriteString("identity", letter.Identity);
        }

        json.WriteNumber("run", letter.Run);
        json.WriteEndObject();
    }

    public static void WriteLeftOff(Utf8JsonWriter json, long run, IEnumerable<KeyValuePair<DeadLetterReason, long>> leftOff)
    {
        json.WriteStartObject();
        json.WriteStartObject("left_off");
        foreach (var (reason, rows) in leftOff)
        {
            json.WriteNumber(Names[(int)reason], rows);
        }

        json.WriteEndObject();
        json.WriteNumber("run", run);
        json.WriteEndObject();
    }

    private static bool IsInstant(long ms) => ms >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
}
