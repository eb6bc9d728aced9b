using System.Globalization;
using System.Text.Json;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Hosting.Demo.Traffic;

namespace AkkaPrivacy.Tests.Hosting.Demo.Traffic;

/// <summary>Reads traffic the slow way, line by line, and counts what a pipeline without bounds and noise would.</summary>
internal sealed class ReferenceTruth
{
    private static readonly string[] Required = ["email", "time", "received", "ms", "bytes", "status", "site", "page", "ip", "cookie", "user-agent", "referrer"];

    public Dictionary<(TimeWindow Hour, string Page), long> PageViews { get; } = [];

    public Dictionary<TimeWindow, HashSet<string>> Visitors { get; } = [];

    public Dictionary<string, HashSet<string>> VisitorsBySite { get; } = [];

    public SortedDictionary<DeadLetterReason, long> DeadLetters { get; } = [];

    public List<long> Arrivals { get; } = [];

    public List<long> Times { get; } = [];

    public Dictionary<string, int> RowsByEmail { get; } = [];

    public HashSet<string> Secrets { get; } = [];

    public static ReferenceTruth Read(byte[] lines)
    {
        var truth = new ReferenceTruth();
        for (var start = 0; start < lines.Length;)
        {
            var end = Array.IndexOf(lines, (byte)'\n', start);
            if (truth.Take(lines.AsSpan(start, end - start)) is { } reason)
            {
                truth.DeadLetters[reason] = truth.DeadLetters.GetValueOrDefault(reason) + 1;
            }

            start = end + 1;
        }

        return truth;
    }

    private DeadLetterReason? Take(ReadOnlySpan<byte> line)
    {
        if (!System.Text.Unicode.Utf8.IsValid(line))
        {
            return DeadLetterReason.InvalidUtf8;
        }

        try
        {
            var reader = new Utf8JsonReader(line);
            using var json = JsonDocument.ParseValue(ref reader);
            return Take(json.RootElement);
        }
        catch (JsonException)
        {
            return DeadLetterReason.Malformed;
        }
    }

    private DeadLetterReason? Take(JsonElement json)
    {
        if (Required.FirstOrDefault(name => !json.TryGetProperty(name, out _)) is { } missing)
        {
            return missing == "time" ? DeadLetterReason.MissingTime : DeadLetterReason.MissingField;
        }

        if (json.GetProperty("ms").ValueKind != JsonValueKind.Number)
        {
            return DeadLetterReason.WrongType;
        }

        var (time, received) = (Instant(json, "time"), Instant(json, "received"));
        Arrivals.Add(received);
        if (received - time > 10 * 60_000)
        {
            return DeadLetterReason.Late;
        }

        if (time - received > 5 * 60_000)
        {
            return DeadLetterReason.Early;
        }

        Count(json, time);
        return null;
    }

    private void Count(JsonElement json, long time)
    {
        Times.Add(time);
        var (email, site, page) = (Text(json, "email"), Text(json, "site"), Text(json, "page"));
        var hour = TimeWindow.Containing(time, 3_600_000);
        PageViews[(hour, page)] = PageViews.GetValueOrDefault((hour, page)) + 1;
        Add(Visitors, hour, email);
        Add(VisitorsBySite, site, email);
        RowsByEmail[email] = RowsByEmail.GetValueOrDefault(email) + 1;
        Secrets.UnionWith([email, Text(json, "ip"), Text(json, "cookie")]);
    }

    private static void Add<TKey>(Dictionary<TKey, HashSet<string>> sets, TKey key, string value)
        where TKey : notnull
    {
        if (!sets.TryGetValue(key, out var set))
        {
            sets.Add(key, set = []);
        }

        set.Add(value);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static long Instant(JsonElement json, string name) =>
        DateTimeOffset.Parse(Text(json, name), CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
