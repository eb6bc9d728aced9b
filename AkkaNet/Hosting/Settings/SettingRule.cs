namespace AkkaPrivacy.AkkaNet.Hosting.Settings;

/// <summary>What one key of <c>akkaprivacy.cluster</c> may be. Whoever reads settings, from HOCON or from C#, asks it.</summary>
/// <param name="Key">The key below <c>akkaprivacy.cluster</c>.</param>
/// <param name="Allowed">In words, for errors.</param>
/// <param name="IsShared">Whether all nodes must have the same value.</param>
internal abstract record SettingRule(string Key, string Allowed, bool IsShared)
{
    /// <summary>Whether the settings keep it.</summary>
    public abstract bool Holds(ClusterSettings settings);

    /// <summary>The value as text that is the same wherever the value is.</summary>
    public abstract string Text(ClusterSettings settings);
}

/// <summary>As above, with the type of its value.</summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Allowed">In words.</param>
/// <param name="IsShared">Whether all nodes must have the same value.</param>
/// <param name="Get">Its value in settings.</param>
/// <param name="IsAllowed">Whether a value is one of the allowed.</param>
internal sealed record SettingRule<T>(string Key, string Allowed, bool IsShared, Func<ClusterSettings, T> Get, Func<T, bool> IsAllowed)
    : SettingRule(Key, Allowed, IsShared)
{
    /// <inheritdoc />
    public override bool Holds(ClusterSettings settings) => Get(settings) is { } value && IsAllowed(value);

    /// <inheritdoc />
    public override string Text(ClusterSettings settings) => FormattableString.Invariant($"{Get(settings)}");
}
