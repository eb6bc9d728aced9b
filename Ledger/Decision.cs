using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>What a command leads to: an event, a refusal, or neither when there is nothing to do.</summary>
/// <param name="Event">What happens.</param>
/// <param name="Refusal">Why nothing does.</param>
internal sealed record Decision(LedgerEvent? Event, Refusal? Refusal)
{
    public static Decision Nothing { get; } = new(null, null);

    public static Decision Happens(LedgerEvent happened) => new(happened, null);

    public static Decision Refused(RefusalCode code, string message) => new(null, new Refusal(code, message));
}
