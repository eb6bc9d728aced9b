namespace AkkaPrivacy.TestKit;

/// <summary>How a <see cref="PipelineTest"/> runs.</summary>
public sealed record PipelineTestOptions
{
    /// <summary>Seed of noise and key selection. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Virtual time at the start. Default: 2026-01-01, midnight, UTC.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The steps in which virtual time goes on where arrival stamps come from the clock, above 0. Windows fire on a
    /// step. Ignored for other pipelines. Default: 1 minute.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most rows of a batch, 1 to 4096; what is published does not depend on it. Default: 4096.</summary>
    public int BatchRows { get; init; } = Engine.Batches.EventBatch.Capacity;

    /// <summary>Settings that stand over a HOCON file, each <c>KEY=VALUE</c>. Ignored for graphs. Default: none.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>How long a step may take by the clock on the wall before the test fails. Default: 30 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}
