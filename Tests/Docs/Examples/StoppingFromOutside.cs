using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Tests.Docs.Examples;

/// <summary>A kill switch as a materialised value.</summary>
public static class StoppingFromOutside
{
    public static async Task<RunSummary> RunAsync(
        IPipelineRuntime runtime, Func<IEventSource> open, DataMap map, PipelineSettings settings, Task somebodyWantsToStop)
    {
        // <kill-switch>
        var (killSwitch, completion) = Source
            .FromLines(open)
            .ViaMaterialized(KillSwitches.Single<RawLines>(), Keep.Right)
            .ParseJsonLines(map)
            .Tokenize()
            .Bound(new Bound { Subject = "user" })
            .TumblingWindow(TimeSpan.FromHours(1))
            .DistinctSubjects("visitors-per-hour")
            .LaplaceNoise(epsilon: 0.5)
            .ToMaterialized(Sink.Store(), Keep.Both)
            .WithSettings(settings)
            .Run(runtime);

        await somebodyWantsToStop;
        killSwitch.Shutdown();               // reads no further, lets the rest through, stores the state
        RunSummary summary = await completion;
        // </kill-switch>
        return summary;
    }
}
