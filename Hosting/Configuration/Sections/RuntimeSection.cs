using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.runtime</c>.</summary>
internal static class RuntimeSection
{
    private static readonly Rule<TimeSpan> Interval = Rules.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), "from 100ms to 1d");

    private static readonly Rule<long> StateMemory = Rules.Size(PipelineSettings.SmallestStateMemory, 1L << 50, "of 16MiB or more");

    public static PipelineSettings Read(Section section, PipelineSettings settings)
    {
        var read = settings with
        {
            Lanes = section.Get("lanes", Rules.Integer(1, 64), "1"),
            QueueCapacity = section.Get("queue-capacity", Rules.Integer(1, 1024), "8"),
            CheckpointInterval = section.Get("checkpoint-interval", Interval, "10s"),
            Resume = section.Get("resume", Rules.Boolean, "true"),
            StateMemoryLimit = section.TryGet("state-memory-limit", StateMemory, out var bytes) ? bytes : null,
        };
        section.Done();
        return read;
    }
}
