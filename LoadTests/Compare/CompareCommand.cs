using System.CommandLine;
using AkkaPrivacy.LoadTests.Compare.Hmac;
using AkkaPrivacy.LoadTests.Compare.Latency;
using AkkaPrivacy.LoadTests.Compare.Ledger;
using AkkaPrivacy.LoadTests.Compare.Noise;
using AkkaPrivacy.LoadTests.Compare.Parse;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using AkkaPrivacy.LoadTests.Compare.Window;

namespace AkkaPrivacy.LoadTests.Compare;

/// <summary>The command <c>compare</c>; each comparison is a subcommand in a folder of its own.</summary>
internal static class CompareCommand
{
    /// <summary>Builds the command.</summary>
    /// <returns>The command with its subcommands.</returns>
    public static Command Create() => new(
        "compare",
        """
        Runs the product and baselines in one process, in interleaved rounds, and prints the median rate of each and the
        median of the rounds' ratios.

        Columns: events per second, how far the rounds lie apart, events per second of processor time, bytes
        allocated per event, the peak working set (shared input included), and how many times faster than each
        baseline. On a noisy machine raise --seconds and look at the spread.
        """)
    {
        HmacComparison.CreateCommand(),
        PipelineComparison.CreateCommand(),
        LatencyComparison.CreateCommand(),
        ParseComparison.CreateJsonCommand(),
        ParseComparison.CreateLogCommand(),
        ParseComparison.CreateCsvCommand(),
        WindowComparison.CreateCommand(),
        NoiseComparison.CreateCommand(),
        LedgerComparison.CreateCommand(),
#if AKKANET
        LoadTests.AkkaNet.Runtimes.RuntimesComparison.CreateCommand(),
        LoadTests.AkkaNet.LedgerActors.LedgerActorsComparison.CreateCommand(),
        LoadTests.AkkaNet.LedgerActors.DebitNodeCommand.CreateCommand(),
#else
        WithoutAkkaNet.CreateCommand("runtimes"),
        WithoutAkkaNet.CreateCommand("ledger-actors"),
#endif
    };
}
