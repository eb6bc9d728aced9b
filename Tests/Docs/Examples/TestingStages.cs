using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.TestKit.Stages;

namespace AkkaPrivacy.Tests.Docs.Examples;

/// <summary>Tests of stages, as the guide shows them.</summary>
internal static class TestingStages
{
    public static void Check()
    {
        // <test-stage>
        var check = new StageCheck(new OpeningHours(from: 8, to: 18), ("user", ColumnType.Token), ("page", ColumnType.Text));

        check.Stability();       // the rows of one subject reach no further than declared
        check.BatchCuts();       // however the input is cut into batches, the same rows come out
        check.Restarts();        // snapshot and restore between any two batches
        check.PooledBatches();   // nothing is read after it was given back, and every batch is back in the end
        // </test-stage>
    }

    public static IReadOnlyList<ProbeRow> Probe()
    {
        // <test-probe>
        var probe = new StageProbe(new OpeningHours(from: 8, to: 18), ("user", ColumnType.Token), ("page", ColumnType.Text));

        var rows = probe.Push(["2026-03-02T07:59Z", "ann", "/"], ["2026-03-02T08:00Z", "bob", "/prices"]);
        probe.Restore(probe.Snapshot());
        probe.Barrier("2026-03-02T09:00Z");
        probe.Complete();
        // </test-probe>
        return rows;
    }
}
