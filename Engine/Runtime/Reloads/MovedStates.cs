using System.Text.Json;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Engine.Runtime.Reloads;

/// <summary>Where the state of a plan went: a plan that was replaced by a reload has none any more, and must not begin anew
/// behind the back of the one that took it.</summary>
internal static class MovedStates
{
    private const string Table = "moved-states";

    /// <summary>Notes that another plan has taken the state.</summary>
    public static async ValueTask NoteAsync(IStoreTransaction transaction, PipelinePlan before, PipelinePlan after, DateTimeOffset at)
    {
        await transaction.PutAsync(Table, Key(before), JsonSerializer.SerializeToUtf8Bytes(new MovedState(after.Hash, at))).ConfigureAwait(false);
        await ForgetAsync(transaction, after).ConfigureAwait(false);
    }

    /// <summary>Where the state of a plan went; null when no other plan has taken it.</summary>
    public static async ValueTask<MovedState?> FindAsync(IStoreTransaction transaction, PipelinePlan plan) =>
        await transaction.GetAsync(Table, Key(plan)).ConfigureAwait(false) is { } bytes ? JsonSerializer.Deserialize<MovedState>(bytes) : null;

    /// <summary>The plan has state of its own again.</summary>
    public static ValueTask ForgetAsync(IStoreTransaction transaction, PipelinePlan plan) => transaction.DeleteAsync(Table, Key(plan));

    /// <summary>What keeps a plan from starting whose state another one has taken.</summary>
    public static string Refusal(PipelinePlan plan, MovedState moved) => FormattableString.Invariant(
        $"At {moved.At.UtcDateTime:u} a reload put another plan in the place of this one of pipeline '{plan.Settings.Name}': the state of plan hash {plan.Hash} went on as {moved.To}. ")
        + "Run the configuration that was reloaded, and reload this one there to go back; runtime.resume = false reads the input again from its start. Nothing was changed.";

    private static string Key(PipelinePlan plan) => $"{plan.Settings.Name}|{plan.Hash}";
}

/// <summary>Where a state went.</summary>
/// <param name="To">Hash of the plan that took it.</param>
/// <param name="At">When, by the process's clock.</param>
internal sealed record MovedState(string To, DateTimeOffset At);
