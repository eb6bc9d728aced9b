using System.Globalization;

namespace AkkaPrivacy.Hosting.Akka;

/// <summary>What a node says while no ledger node answers it.</summary>
internal static class SilenceText
{
    /// <summary>Somebody answers again.</summary>
    public const string Heard = "A node of the role 'ledger' answers again.";

    /// <summary>Nobody answers.</summary>
    /// <param name="waited">For how long.</param>
    /// <param name="running">Whether the pipeline runs on this node.</param>
    /// <returns>One line.</returns>
    public static string Of(TimeSpan waited, bool running) => string.Create(
        CultureInfo.InvariantCulture,
        $"No node of the role 'ledger' has answered for {waited.TotalSeconds:0} s. {(running ? "The run goes on; windows whose account does not answer are withheld and asked for again by the next run" : "This node goes on waiting, and reads nothing")}. Start such a node, or end this one with Ctrl-C.");
}
