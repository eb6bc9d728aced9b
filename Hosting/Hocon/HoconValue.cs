using System.Diagnostics.CodeAnalysis;

namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>A resolved, immutable configuration value: an object, an array or a scalar.</summary>
public abstract class HoconValue
{
    private protected HoconValue(HoconOrigin origin) => Origin = origin;

    /// <summary>Where the value was written. A value reached through <c>${}</c> keeps the place of its definition.</summary>
    public HoconOrigin Origin { get; }

    /// <summary>How many values the tree holds, this one included; shared parts count each time they appear.</summary>
    internal long Weight { get; private protected init; } = 1;

    /// <summary>How many levels of objects and arrays the tree has; 0 for a scalar.</summary>
    internal int Height { get; private protected init; }

    /// <summary>Reads the value as an array; an object whose keys are numbers becomes one, in the order of its keys.</summary>
    /// <param name="array">The array; null when the method returns false.</param>
    /// <returns>False for a scalar, and for an object without a key that is a whole number of at least 0.</returns>
    public bool TryGetArray([NotNullWhen(true)] out HoconArray? array)
    {
        array = this as HoconArray;
        if (this is HoconObject map)
        {
            var indexed = Resolution.IndexedObject.Sort(map);
            array = indexed is null ? null : new HoconArray(Origin, indexed);
        }

        return array is not null;
    }
}
