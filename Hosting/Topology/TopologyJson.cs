using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.Hosting.Topology;

/// <summary>A topology snapshot as one line of JSON: snake_case names, <c>uptime_seconds</c>, instants in ISO 8601.</summary>
internal static class TopologyJson
{
    // A thousand years; what is longer does not fit a span of time.
    private const double LongestUptime = 1000 * 366.0 * 86_400;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new FiniteNumbers() },
    };

    /// <summary>Writes a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <returns>UTF-8 JSON on one line, without a line ending.</returns>
    public static byte[] ToUtf8(TopologySnapshot snapshot) => JsonSerializer.SerializeToUtf8Bytes(
        new Wire(
            snapshot.Pipeline,
            snapshot.State,
            Math.Round(snapshot.Uptime.TotalSeconds, 3),
            snapshot.RowsRead,
            snapshot.BytesRead,
            snapshot.TotalBytes,
            snapshot.Frontier?.UtcDateTime,
            snapshot.FiredUpTo?.UtcDateTime,
            snapshot.Stages,
            snapshot.Queues)
        {
            Reason = snapshot.Reason,
            Since = snapshot.Since?.UtcDateTime,
            Restarts = snapshot.Restarts,
            Sinks = snapshot.Sinks,
            TakenAt = snapshot.TakenAt?.UtcDateTime,
            Released = snapshot.Released,
            Replayed = snapshot.Replayed,
            Withheld = snapshot.Withheld,
            DeadLetters = snapshot.DeadLetters,
            Latency = snapshot.Latency,
            Budget = snapshot.Budget,
        },
        Options);

    /// <summary>Reads what <see cref="ToUtf8"/> wrote.</summary>
    /// <param name="utf8">The line.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="JsonException">It is something else.</exception>
    public static TopologySnapshot Read(ReadOnlySpan<byte> utf8)
    {
        var wire = JsonSerializer.Deserialize<Wire>(utf8, Options) ?? throw new JsonException("The line is null.");
        if (wire.Stages.Contains(null!) || wire.Queues.Contains(null!) || wire.Sinks.Contains(null!) || Math.Abs(wire.UptimeSeconds) > LongestUptime)
        {
            throw new JsonException("The line is no topology.");
        }

        return new TopologySnapshot(
            wire.Pipeline,
            wire.State,
            TimeSpan.FromSeconds(wire.UptimeSeconds),
            wire.RowsRead,
            wire.BytesRead,
            wire.TotalBytes,
            Utc(wire.Frontier),
            Utc(wire.FiredUpTo),
            wire.Stages,
            wire.Queues)
        {
            Reason = wire.Reason,
            Since = Utc(wire.Since),
            Restarts = wire.Restarts,
            Sinks = wire.Sinks,
            TakenAt = Utc(wire.TakenAt),
            Released = wire.Released,
            Replayed = wire.Replayed,
            Withheld = wire.Withheld,
            DeadLetters = wire.DeadLetters,
            Latency = wire.Latency,
            Budget = wire.Budget,
        };
    }

    private static DateTimeOffset? Utc(DateTime? time) => time is { } value ? new DateTimeOffset(value.ToUniversalTime()) : null;

    // A number that is too large for its type is read as infinite, which nothing here is.
    private sealed class FiniteNumbers : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDouble() is var number && double.IsFinite(number) ? number : throw new JsonException("A number is out of range.");

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }

    private sealed record Wire(
        string Pipeline,
        string State,
        [property: JsonPropertyName("uptime_seconds")] double UptimeSeconds,
        long RowsRead,
        long BytesRead,
        long? TotalBytes,
        DateTime? Frontier,
        DateTime? FiredUpTo,
        IReadOnlyList<StageSnapshot> Stages,
        IReadOnlyList<QueueSnapshot> Queues)
    {
        public string Reason { get; init; } = string.Empty;

        public DateTime? Since { get; init; }

        public int Restarts { get; init; }

        public IReadOnlyList<SinkSnapshot> Sinks { get; init; } = [];

        public DateTime? TakenAt { get; init; }

        public int Released { get; init; }

        public int Replayed { get; init; }

        public int Withheld { get; init; }

        public long DeadLetters { get; init; }

        public LatencySnapshot? Latency { get; init; }

        public BudgetSnapshot? Budget { get; init; }
    }
}
