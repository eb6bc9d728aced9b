namespace AkkaPrivacy.Engine.Privacy;

/// <summary>How privacy loss is measured. An account fixes its measure when it is opened.</summary>
public enum PrivacyMeasure
{
    /// <summary>Pure differential privacy: epsilon, in nano-epsilon (1e-9).</summary>
    Pure,

    /// <summary>Approximate differential privacy: epsilon in nano-epsilon and delta in atto-delta (1e-18).</summary>
    Approximate,

    /// <summary>Zero-concentrated differential privacy: rho in nano-rho (1e-9), and delta in atto-delta for what holds
    /// except with that probability (approximate zCDP: Bun and Steinke 2016, definition 8.1).</summary>
    ZeroConcentrated,
}
