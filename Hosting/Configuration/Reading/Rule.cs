using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Configuration.Reading;

/// <summary>Reads a scalar as a value of an option, or says no.</summary>
/// <typeparam name="T">The option's type.</typeparam>
/// <param name="scalar">The scalar; never null in HOCON's sense.</param>
/// <param name="value">The value.</param>
/// <returns>False when it is none of the allowed ones.</returns>
internal delegate bool TryRead<T>(HoconScalar scalar, out T value);

/// <summary>What an option may be.</summary>
/// <typeparam name="T">The option's type.</typeparam>
/// <param name="Allowed">In words, for errors: <c>a duration from 0 to 7 days</c>.</param>
/// <param name="Read">Reads a value.</param>
internal sealed record Rule<T>(string Allowed, TryRead<T> Read);
