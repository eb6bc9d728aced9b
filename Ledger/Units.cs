using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Ledger;

/// <summary>A loss as two integers, without the range checks of <see cref="PrivacyCost"/>: sums on the way to a
/// refusal may exceed what a cost can hold. Sums are checked and never wrap.</summary>
/// <param name="Loss">Nano-epsilon or nano-rho.</param>
/// <param name="AttoDelta">Delta in units of 1e-18.</param>
internal readonly record struct Units(long Loss, long AttoDelta)
{
    public static Units Of(PrivacyCost cost) => new(cost.Loss, cost.AttoDelta);

    public static Units operator +(Units left, Units right) =>
        new(checked(left.Loss + right.Loss), checked(left.AttoDelta + right.AttoDelta));

    public static Units operator -(Units left, Units right) =>
        new(checked(left.Loss - right.Loss), checked(left.AttoDelta - right.AttoDelta));

    public bool FitsIn(Units budget) => Loss <= budget.Loss && AttoDelta <= budget.AttoDelta;

    public PrivacyCost ToCost(PrivacyMeasure measure) => PrivacyCost.FromUnits(measure, Loss, AttoDelta);
}
