using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.Reading;

/// <summary>Says in words why a charge is what it is.</summary>
internal static class ChargeText
{
    /// <summary>The sentence, without its end.</summary>
    public static string Of(ChargeProof proof, BudgetCharged charge, PrivacyMeasure measure) => (proof.Reason, charge.MaxWindows) switch
    {
        (ChargeReason.WindowAdded, var w) => $"window {proof.Windows} of the {w} in which a subject counts",
        (ChargeReason.WindowFree, var w) => $"window {proof.Windows}, no dearer than the {w} in which a subject counts: free",
        (ChargeReason.WindowReplaced, var w) => $"window {proof.Windows}, dearer than one of the {w} dearest so far, which it takes the place of ({Replaced(proof, charge).ToCost(measure)})",
        (ChargeReason.QueryFree, _) => "another query on a window that is not among the dearest W: free",
        _ => "another query on a window that was charged: the window's costs add up",
    };

    // A window that takes the place of another is charged the difference.
    private static Units Replaced(ChargeProof proof, BudgetCharged charge) => charge.Cost - proof.Charged;
}
