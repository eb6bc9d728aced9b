namespace AkkaPrivacy.Engine.Privacy;

/// <summary>The names of measures in stored events, receipts and configuration.</summary>
public static class PrivacyMeasureNames
{
    private static readonly (string Name, PrivacyMeasure Measure)[] All =
    [
        ("pure", PrivacyMeasure.Pure),
        ("approximate", PrivacyMeasure.Approximate),
        ("zero-concentrated", PrivacyMeasure.ZeroConcentrated),
    ];

    /// <summary>The name of a measure.</summary>
    /// <param name="measure">The measure.</param>
    /// <returns><c>pure</c>, <c>approximate</c> or <c>zero-concentrated</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enum's.</exception>
    public static string ToName(PrivacyMeasure measure)
    {
        foreach (var item in All)
        {
            if (item.Measure == measure)
            {
                return item.Name;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(measure), measure, "a measure is pure, approximate or zero-concentrated");
    }

    /// <summary>Finds a measure by its name; case counts.</summary>
    /// <param name="name">The name.</param>
    /// <param name="measure">The measure.</param>
    /// <returns>Whether there is one of that name.</returns>
    public static bool TryParse(string name, out PrivacyMeasure measure)
    {
        foreach (var item in All)
        {
            if (item.Name == name)
            {
                measure = item.Measure;
                return true;
            }
        }

        measure = default;
        return false;
    }
}
