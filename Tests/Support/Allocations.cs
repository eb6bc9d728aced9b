using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Tests.Support;

/// <summary>Counts what a stage allocates once pools and buffers have grown.</summary>
public static class Allocations
{
    public static long PerRun(StageHarness harness, EventBatch template)
    {
        const int Rounds = 20;
        for (var round = 0; round < 3; round++)
        {
            harness.Run(template.Share()).Dispose();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
        {
            harness.Run(template.Share()).Dispose();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }
}
