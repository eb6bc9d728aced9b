using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger;

internal static partial class LedgerEventCodec
{
    /// <summary>The form of charges that hold what they came to and what they paid for.</summary>
    public const string ProvenType = "charged/2";

    /// <summary>The form of charges before.</summary>
    public const string ChargedType = "charged/1";

    /// <summary>The digits of a hash.</summary>
    public const int HashDigits = 64;

    private static ChargedV1 Dto(BudgetCharged e, string prev) => new(
        prev, e.AtMs, e.Release, e.PeriodStartMs, e.Window.StartMs, e.Window.EndMs, e.CompositionGroup, e.MaxWindows, e.Cost.Loss, e.Cost.AttoDelta);

    private static ChargedV2 Dto(BudgetCharged e, ChargeProof proof, string prev) => new(
        prev,
        e.AtMs,
        e.Release,
        e.PeriodStartMs,
        e.Window.StartMs,
        e.Window.EndMs,
        e.CompositionGroup,
        e.MaxWindows,
        e.Cost.Loss,
        e.Cost.AttoDelta,
        ChargeReasonNames.ToName(proof.Reason),
        proof.Windows,
        proof.Charged.Loss,
        proof.Charged.AttoDelta,
        proof.Spent.Loss,
        proof.Spent.AttoDelta,
        proof.Budget.Loss,
        proof.Budget.AttoDelta,
        proof.Values);

    private static BudgetCharged Event(ChargedV1 dto, string prev)
    {
        CheckChain(dto.Prev, prev);
        CheckUnits(dto.Loss, dto.AttoDelta);
        return dto.MaxWindows >= 1 && dto.WindowStartMs < dto.WindowEndMs
            ? new BudgetCharged(
                dto.Release, dto.PeriodStartMs, new TimeWindow(dto.WindowStartMs, dto.WindowEndMs), dto.CompositionGroup, dto.MaxWindows, new Units(dto.Loss, dto.AttoDelta), dto.AtMs)
            : throw new FormatException("its window is out of range");
    }

    // That the figures are those of the history is held where it is folded.
    private static BudgetCharged Event(ChargedV2 dto, string prev)
    {
        var charge = Event(
            new ChargedV1(dto.Prev, dto.AtMs, dto.Release, dto.PeriodStartMs, dto.WindowStartMs, dto.WindowEndMs, dto.CompositionGroup, dto.MaxWindows, dto.Loss, dto.AttoDelta), prev);
        if (!ChargeReasonNames.TryParse(dto.Reason, out var reason))
        {
            throw new FormatException("its reason is not known");
        }

        return dto.Values.Length == HashDigits && dto.Values.All(char.IsAsciiHexDigitLower)
            ? charge with
            {
                Proof = new ChargeProof(
                    reason, dto.Windows, new Units(dto.ChargedLoss, dto.ChargedAttoDelta), new Units(dto.SpentLoss, dto.SpentAttoDelta), new Units(dto.BudgetLoss, dto.BudgetAttoDelta), dto.Values),
            }
            : throw new FormatException("its hash of the values is malformed");
    }
}
